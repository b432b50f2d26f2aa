import { comparePositions, type EventReader, type Position } from '#event-store/event-store.js';
import type { StoredEvent } from '#read-models/projection.js';
import type { LotRow } from '#read-models/rows.js';
import { FOLLOWED, type Hub, lotIdOf } from './hub.js';
import type { Change } from './live-rows.js';
import { PastLots } from './past-lots.js';
import type { PushMessage } from './push-message.js';
import { MAX_WAITING } from './subscriber.js';

const PAGE_EVENTS = 1_000;
/** Events of all lots that are read from the store for a client that comes back. */
const MAX_READ = 10_000;
/** Events that its lots had before: what was missed is told with the lots as they stood then, which are folded from these. */
const MAX_EARLIER = 20_000;

/** What a client wants to be told of. */
export interface Concern {
  wants(about: Pick<PushMessage, 'lotId' | 'auctionId'>): boolean;
  readonly bidderId: string | null;
}

export interface Missed {
  readonly messages: readonly PushMessage[];
  /** The position behind which the hub remembers everything. */
  readonly until: Position;
}

/** What the hub no longer remembers, or never saw, told as it was to those who were here. */
export class MissedMessages {
  private readonly pastLots: PastLots;

  constructor(
    private readonly hub: Hub,
    private readonly store: EventReader,
  ) {
    this.pastLots = new PastLots(store);
  }

  /** Null when it is too much, or the store does not answer. */
  async behind(after: Position, concern: Concern): Promise<Missed | null> {
    const messages: PushMessage[] = [];
    const rows = new Map<string, LotRow | null>();
    let until = after;
    for (let read = 0; !this.hub.recent.reachesBackTo(until); ) {
      if (read >= MAX_READ) return null;
      const page = await this.store.readAll(until, PAGE_EVENTS, FOLLOWED).catch(() => null);
      const handedOn = page?.filter(({ position }) => comparePositions(position, this.hub.position) <= 0);
      const last = handedOn?.at(-1);
      if (handedOn === undefined || last === undefined) return null;
      const wanted = (handedOn as readonly StoredEvent[]).filter((event) => concern.wants(aboutOf(event)));
      if (!(await this.foldUpTo(wanted, rows).catch(() => false))) return null;
      for (const event of wanted) {
        const message = this.hub.messageOf(event, this.step(rows, event));
        if (message !== null && isFor(message, concern.bidderId)) messages.push(message);
      }
      if (messages.length > MAX_WAITING) return null;
      read += handedOn.length;
      until = last.position;
    }
    return { messages, until };
  }

  /** Brings in the lots of events as they stood in front of them. False when they had too many events. */
  private async foldUpTo(events: readonly StoredEvent[], rows: Map<string, LotRow | null>): Promise<boolean> {
    const firsts = new Map<string, number>();
    for (const event of events) {
      const lotId = lotIdOf(event);
      if (lotId !== null && !rows.has(lotId) && !firsts.has(lotId)) firsts.set(lotId, event.revision);
    }
    const earlier = [...firsts.values()].reduce((sum, revision) => sum + revision, 0);
    if (earlier > MAX_EARLIER) return false;
    for (const [lotId, revision] of firsts) rows.set(lotId, await this.pastLots.before(lotId, revision));
    return true;
  }

  private step(rows: Map<string, LotRow | null>, event: StoredEvent): Change<LotRow> {
    const lotId = lotIdOf(event);
    if (lotId === null) return { before: null, after: null };
    const before = rows.get(lotId) ?? null;
    const after = this.pastLots.after(before, event);
    rows.set(lotId, after);
    return { before, after };
  }
}

export const isFor = ({ only }: PushMessage, bidderId: string | null): boolean => only === null || only === bidderId;

const aboutOf = (event: StoredEvent) => ({
  lotId: lotIdOf(event),
  auctionId: (event.data as { auctionId: string }).auctionId,
});
