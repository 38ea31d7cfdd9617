/** Reading the results of a batch. */

/** The number in the one row of a query that always has one, such as a count. */
export function numberOf(rows: readonly unknown[] | undefined, column: string): number {
  const row = rows?.[0] as Record<string, unknown> | undefined;
  const value = row?.[column];
  if (typeof value !== "number") throw new Error(`a query that always has ${column} had none`);
  return value;
}
