import { setTimeout as sleep } from 'node:timers/promises';
import { comparePositions, type EventReader, type Position } from '#event-store/event-store.js';
import { FOLLOWED, type Hub } from './hub.js';

/** How long is waited for what is stored and was not handed on yet. Milliseconds. */
const PATIENCE_MS = 3_000;
/** Another process told the position a moment ago: mostly it is here, too, in less. Milliseconds. */
const SHORTLY_MS = 100;

/** What is wrong with a position that is nowhere. */
export const NOWHERE = 'is a position that the event store has not reached';

/** nowhere: the store ends before it, so that nobody was told it. behind: it is not handed on here in time. */
export type Reach = 'reached' | 'behind' | 'nowhere';

/** How far the feed of this process is with a position that a client names, perhaps one of another process. */
export class Reaching {
  constructor(
    private readonly hub: Hub,
    private readonly store: EventReader,
  ) {}

  async reach(position: Position): Promise<Reach> {
    if (this.isThere(position)) return 'reached';
    // A store that is away may take longer to say so.
    const late = sleep(PATIENCE_MS, null, { ref: false }).then(() => (this.isThere(position) ? 'reached' : 'behind'));
    return Promise.race([this.look(position), late]);
  }

  private async look(position: Position): Promise<Reach> {
    // With the store away nothing is known of its end; what was read from it before may still come.
    const end = await this.store.head().catch(() => position);
    if (comparePositions(position, end ?? '0') > 0) return 'nowhere';
    const { hub } = this;
    if (await hub.reached(position, SHORTLY_MS)) return 'reached';
    if (await this.isBehindLast(position)) return 'reached';
    return (await hub.reached(position, PATIENCE_MS)) ? 'reached' : 'behind';
  }

  private isThere(position: Position): boolean {
    return comparePositions(position, this.hub.position) <= 0;
  }

  /** Whether nothing that the feed follows is still to come up to there: its event is of a type that the push does not show. */
  private async isBehindLast(position: Position): Promise<boolean> {
    const page = await this.store.readAll(this.hub.position, 1, FOLLOWED).catch(() => null);
    if (page === null) return false;
    const [next] = page;
    return next === undefined || comparePositions(next.position, position) > 0;
  }
}
