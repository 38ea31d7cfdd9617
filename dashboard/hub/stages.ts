/** The four stages of demand in their order, with the series colour each keeps everywhere. */
export const stages = [
  { id: "interest", series: 1 },
  { id: "pledged", series: 2 },
  { id: "committed", series: 3 },
  { id: "purchased", series: 4 },
] as const;
