/** Draws `count` numbers at once and answers the last of them; null: none can be had. Never rejects. */
export type DrawRange = (lotId: string, count: number) => Promise<number | null>;

/** Numbers that are asked for while others of the same lot are being drawn are drawn together: a hot lot costs few round trips. */
export class DrawQueue {
  private readonly waiting = new Map<string, ((drawn: number | null) => void)[]>();

  constructor(private readonly drawRange: DrawRange) {}

  /** In the order of the calls. */
  draw(lotId: string): Promise<number | null> {
    return new Promise((resolve) => {
      const queue = this.waiting.get(lotId);
      if (queue !== undefined) {
        queue.push(resolve);
        return;
      }
      const first = [resolve];
      this.waiting.set(lotId, first);
      void this.work(lotId, first);
    });
  }

  private async work(lotId: string, queue: ((drawn: number | null) => void)[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0);
      const last = await this.drawRange(lotId, batch.length);
      const first = last === null ? null : last - batch.length + 1;
      for (const [index, resolve] of batch.entries()) resolve(first === null ? null : first + index);
    }
    this.waiting.delete(lotId);
  }
}
