import { DrawQueue } from '../draw-queue.js';
import { HighestSeen } from '../highest-seen.js';
import { type LastStored, Sequencer } from '../sequencer.js';

/** Numbers from this process's memory, from the stream where that knows nothing of a lot. */
export class InProcessSequencer extends Sequencer {
  private readonly seen = new HighestSeen();
  private readonly queue = new DrawQueue((lotId, count) => this.drawRange(lotId, count));

  constructor(private readonly lastStored: LastStored) {
    super();
  }

  override draw(lotId: string): Promise<number | null> {
    return this.queue.draw(lotId);
  }

  override stored(lotId: string, sequence: number): void {
    this.seen.raise(lotId, sequence);
  }

  override forgetIdle(): void {
    this.seen.forgetIdle();
  }

  /** As if the process had been started anew. */
  forgetAll(): void {
    this.seen.forgetAll();
  }

  private async drawRange(lotId: string, count: number): Promise<number | null> {
    const before = this.seen.of(lotId) || (await this.lastStored(lotId).catch(() => null));
    if (before === null) return null;
    // A bid may have been stored while the stream was read.
    const last = Math.max(before, this.seen.of(lotId)) + count;
    this.seen.raise(lotId, last);
    return last;
  }
}
