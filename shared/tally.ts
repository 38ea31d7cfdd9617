/** How often each name is in a list, in the order in which they come. */
export function tally(names: readonly string[]): [name: string, times: number][] {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times];
}
