/** What lies between the parties: letters that can be lost, doubled, reordered, kept back and damaged, and lines that are cut. */

export interface Letter {
  from: string;
  to: string;
  body: string;
}

export class Internet {
  readonly letters: Letter[] = [];
  readonly #cut = new Set<string>();

  send(from: string, to: string, body: string): void {
    this.letters.push({ from, to, body });
  }

  /** Takes the letter at this place, whatever was sent first. */
  take(at: number): Letter | undefined {
    return this.letters.splice(at % Math.max(1, this.letters.length), 1)[0];
  }

  reaches(a: string, b: string): boolean {
    return !this.#cut.has(lineOf(a, b));
  }

  cut(a: string, b: string): void {
    this.#cut.add(lineOf(a, b));
  }

  mend(): void {
    this.#cut.clear();
  }
}

function lineOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
