/** The mark: a cocoon wound of a few concentric strokes, one thread left loose. */
export function Mark() {
  return (
    <svg
      class="mark"
      viewBox="0 0 48 48"
      fill="none"
      stroke="currentColor"
      stroke-width="2.4"
      stroke-linecap="round"
      aria-hidden="true"
    >
      <path d="M30 5.5C38.5 9 42 18 38.5 28.5 35 39 25.500 45 17.500 42.200 9.500 39.400 6.500 29.500 10 19 12.500 11.500 18 6.500 24 6" />
      <path d="M29 12.500c5 2.600 6.800 8.600 4.500 15.300-2.300 6.800-8 10.700-12.800 9.100-4.800-1.700-6.600-8-4.300-14.800 1.600-4.700 4.800-8 8.300-9" />
      <path d="M27.500 19.500c2.400 1.300 3 4.400 1.900 7.700-1.100 3.300-3.700 5.200-5.900 4.400-2.300-.800-3.100-3.900-2-7.200.7-2.100 2-3.700 3.500-4.500" />
      <path class="mark-thread" d="M30 5.500c3.500-2.300 7.500-2.700 12-1.500" stroke="var(--accent)" />
    </svg>
  );
}
