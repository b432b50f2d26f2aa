import { comparePositions, type Position } from '#event-store/event-store.js';
import type { PushMessage } from './push-message.js';

/** Messages that are remembered for clients that come back: about 15 MB at most. */
const REMEMBERED = 10_000;

/** The newest messages of the feed, every one behind `from`. */
export class RecentMessages {
  private messages: PushMessage[] = [];

  constructor(
    /** The feed began behind it; later the position of the newest message that is forgotten. */
    private from: Position,
    private readonly capacity = REMEMBERED,
  ) {}

  add(message: PushMessage): void {
    this.messages.push(message);
    // Now and then, so that forgetting costs nothing much.
    if (this.messages.length < 1.25 * this.capacity) return;
    const forgotten = this.messages.length - this.capacity;
    this.from = this.messages[forgotten - 1]?.position ?? this.from;
    this.messages = this.messages.slice(forgotten);
  }

  /** Whether every message behind the position is remembered. */
  reachesBackTo(position: Position): boolean {
    return comparePositions(this.from, position) <= 0;
  }

  /** The messages behind a position that are wanted; null when there are more than `limit`. */
  behind(position: Position, wanted: (message: PushMessage) => boolean, limit: number): PushMessage[] | null {
    const found: PushMessage[] = [];
    for (let i = this.firstBehind(position); i < this.messages.length; i += 1) {
      const message = this.messages[i] as PushMessage;
      if (!wanted(message)) continue;
      if (found.length === limit) return null;
      found.push(message);
    }
    return found;
  }

  private firstBehind(position: Position): number {
    let low = 0;
    let high = this.messages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (comparePositions((this.messages[middle] as PushMessage).position, position) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
