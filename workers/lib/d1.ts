/**
 * D1 as this product uses it: prepared statements, everything written in one `db.batch` (one transaction),
 * conflicts and passing failures told apart from bugs, and every query counted.
 */

export interface DbCounts {
  queries: number;
  rowsRead: number;
  rowsWritten: number;
}

export function noCounts(): DbCounts {
  return { queries: 0, rowsRead: 0, rowsWritten: 0 };
}

/** The rows of one result of a batch, as the query selects them. */
export function rowsOf<T>(result: D1Result | undefined): T[] {
  return (result?.results ?? []) as T[];
}

/** One JSON parameter for `json_each(?)`: D1 binds at most 100 parameters, but long strings. */
export function jsonParameter(values: readonly unknown[]): string {
  return JSON.stringify(values);
}

/** A UNIQUE or PRIMARY KEY constraint settled a race; the batch was rolled back whole. `on` narrows to "table.column". */
export function isConflict(error: unknown, on?: string): boolean {
  const text = messages(error);
  return /UNIQUE constraint failed|PRIMARY KEY constraint failed/.test(text) && (on === undefined || text.includes(on));
}

function messages(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return `${error.message} ${messages(error.cause)}`;
}

/** D1's passing failures: the same request may succeed in a moment. Reads D1 repeats by itself. */
export function isTransient(error: unknown): boolean {
  return /Network connection lost|storage caused object to be reset|reset because its code was updated|D1 DB is overloaded|Too many requests queued/.test(
    messages(error),
  );
}

/** Waits around `ms`, with jitter, so that racing writers do not meet again. */
export function pause(ms: number): Promise<void> {
  const spread = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return new Promise((resolve) => setTimeout(resolve, ms / 2 + (ms * spread) / 2 ** 32));
}

/** The same database with every query counted. `raw()` carries no meta, so only the query itself is counted. */
export function meter(db: D1Database, counts: DbCounts): D1Database {
  const inner = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

  function count(results: D1Result[]): void {
    for (const { meta } of results) {
      counts.queries += 1;
      counts.rowsRead += meta.rows_read;
      counts.rowsWritten += meta.rows_written;
    }
  }

  function wrap(statement: D1PreparedStatement): D1PreparedStatement {
    async function all<T>(): Promise<D1Result<T>> {
      const result = await statement.all<T>();
      count([result]);
      return result;
    }
    async function run<T>(): Promise<D1Result<T>> {
      const result = await statement.run<T>();
      count([result]);
      return result;
    }
    async function first(column?: string): Promise<unknown> {
      const row = (await all<Record<string, unknown>>()).results[0];
      if (row === undefined) return null;
      return column === undefined ? row : row[column];
    }
    async function raw(options?: { columnNames?: boolean }): Promise<unknown[]> {
      counts.queries += 1;
      return options?.columnNames ? await statement.raw({ columnNames: true }) : await statement.raw();
    }
    const wrapped = { bind: (...values: unknown[]) => wrap(statement.bind(...values)), all, run, first, raw };
    const metered = wrapped as unknown as D1PreparedStatement;
    inner.set(metered, statement);
    return metered;
  }

  async function batch<T>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]> {
    const results = await db.batch<T>(statements.map((statement) => inner.get(statement) ?? statement));
    count(results);
    return results;
  }

  const metered = {
    prepare: (query: string) => wrap(db.prepare(query)),
    batch,
    exec: (query: string) => db.exec(query),
    withSession: (constraint?: string) => db.withSession(constraint),
    dump: () => db.dump(),
  };
  return metered;
}
