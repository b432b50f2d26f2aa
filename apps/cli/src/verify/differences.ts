export interface Difference {
  /** A stream, a read model or a file, with the place in it. */
  readonly where: string;
  readonly what: string;
}

/** What a check found: how much, and the first of it, so that a store full of errors does not fill the memory. */
export class Differences {
  readonly first: Difference[] = [];
  private found = 0;

  constructor(private readonly kept = 20) {}

  get count(): number {
    return this.found;
  }

  add(where: string, what: string): void {
    this.found += 1;
    this.keep(where, what);
  }

  /** So many that were found elsewhere, of which some are described. */
  addCounted(count: number, described: readonly Difference[]): void {
    this.found += count;
    for (const { where, what } of described) this.keep(where, what);
  }

  private keep(where: string, what: string): void {
    if (this.first.length < this.kept) this.first.push({ where, what });
  }
}
