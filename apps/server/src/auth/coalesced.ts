/**
 * Callers at the same time share one run of `work`. Who comes while one is under way waits for the next: what that one began to see may be
 * older than the caller's question. So there is one at a time, whatever the number of callers.
 */
export class Coalesced {
  private last: Promise<void> = Promise.resolve();
  /** Has not begun. */
  private next: Promise<void> | null = null;

  constructor(private readonly work: () => Promise<void>) {}

  /** Settles as a run that began after this call. */
  run(): Promise<void> {
    const begin = () => {
      this.next = null;
      this.last = this.work();
      return this.last;
    };
    this.next ??= this.last.then(begin, begin);
    return this.next;
  }
}
