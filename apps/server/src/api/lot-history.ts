import { LRUCache } from 'lru-cache';
import { evolve } from '#auction/lot/evolve.js';
import { type Lot, type LotState, notListed } from '#auction/lot/lot.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import type { LotHistoryEvent } from '#contracts/http/lot-history.js';
import type { LotView } from '#contracts/http/lots.js';
import { lotStream } from '#contracts/ids.js';
import type { AliasOf } from '#contracts/public-events/public-event-of.js';
import { toIso } from '#contracts/time.js';
import type { EventReader, Position, RecordedEvent } from '#event-store/event-store.js';
import { Slots } from '#platform/slots.js';
import { lotView } from './lot-view.js';

/** Events of one read: bounds the memory, whatever the stream's length. */
const READ_PAGE = 1_000;
/** Folds that are remembered, so that the next page of a long stream begins where the last one ended. */
const REMEMBERED_FOLDS = 200;
/** Streams that are folded at a time, for pages that begin somewhere in them: the others wait. */
const FOLDS_AT_ONCE = 2;

type StoredLotEvent = RecordedEvent & LotEvent;

/**
 * They tell of reserves and maxima, as the reason does why a lot passed (ADR 0014). They change nothing that others see of the lot: left
 * out, the changes of the rest still come to the lot.
 */
const INSIDE: ReadonlySet<string> = new Set<LotEvent['type']>(['ReserveLowered', 'BidArrivedLate']);

/** How much of an event a caller sees. */
export interface Shown {
  /** What those who sell see, and those who bid do not. */
  readonly inside: boolean;
  /** The event itself, maxima and reserves included. */
  readonly stored: boolean;
  readonly nameOf: AliasOf;
}

export interface WantedEvents {
  /** The revision to begin at. */
  readonly from: number;
  readonly limit: number;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
}

/** Events of a lot, with the revision at which the next page begins; null at the end. */
export interface HistoryPage {
  readonly items: readonly LotHistoryEvent[];
  readonly next: number | null;
}

const END: HistoryPage = { items: [], next: null };

/** What happened to a lot, read from its stream: the truth itself and no read model. */
export class LotHistory {
  private readonly folds = new LRUCache<string, Exclude<LotState, { phase: 'not-listed' }>>({ max: REMEMBERED_FOLDS });

  private readonly folding = new Slots(FOLDS_AT_ONCE);

  constructor(private readonly store: EventReader) {}

  /** What is shown of `limit` events from a revision on. Null where there is no lot. Rejects with StoreUnavailable. */
  async page(lotId: string, { from, limit, signal }: WantedEvents, shown: Shown): Promise<HistoryPage | null> {
    const before = await this.stateBefore(lotId, from, signal);
    if (before === null) return END;
    let lot = before;
    let at = from;
    const end = from + limit;
    const items: LotHistoryEvent[] = [];
    while (at < end) {
      const count = Math.min(READ_PAGE, end - at);
      const events = (await this.store.readStream(lotStream(lotId), at, count)) as StoredLotEvent[];
      for (const event of events) {
        const earlier = lot;
        lot = evolve(earlier, event);
        if (shown.inside || !INSIDE.has(event.type)) items.push(historyEvent(event, earlier, lot, shown));
      }
      at += events.length;
      if (events.length < count) break;
    }
    if (at === 0) return null;
    this.remember(lotId, at, lot);
    return { items, next: at === end ? at : null };
  }

  /** The lot as adding it left it: listed, and open where its auction had started. Null: there is no lot. */
  async asAdded(lotId: string): Promise<{ readonly lot: Lot; readonly position: Position } | null> {
    const [listed, opened] = (await this.store.readStream(lotStream(lotId), 0, 2)) as StoredLotEvent[];
    if (listed === undefined) return null;
    const isOpen = opened?.type === 'LotOpened' && opened.data.openedAt <= listed.recordedAt;
    const events = isOpen ? [listed, opened] : [listed];
    const lot = events.reduce<LotState>(evolve, notListed);
    return lot.phase === 'not-listed' ? null : { lot, position: (isOpen ? opened : listed).position };
  }

  /** The lot as its first `revision` events made it; null: it has not so many, or `signal` is aborted. Rejects with StoreUnavailable. */
  stateBefore(lotId: string, revision: number, signal?: AbortSignal): Promise<LotState | null> {
    if (revision === 0) return Promise.resolve(notListed);
    return this.folding.run(() => this.fold(lotId, revision, signal));
  }

  private async fold(lotId: string, revision: number, signal?: AbortSignal): Promise<LotState | null> {
    let at = revision;
    while (at > 0 && !this.folds.has(`${lotId}@${at}`)) at = READ_PAGE * Math.floor((at - 1) / READ_PAGE);
    let state = this.folds.get(`${lotId}@${at}`) ?? notListed;
    // What stands in front is asked for first: whoever names a revision that there is not costs no fold.
    if (at < revision && (await this.store.readStream(lotStream(lotId), revision - 1, 1)).length === 0) return null;
    while (at < revision) {
      if (signal?.aborted) return null;
      const count = Math.min(READ_PAGE, revision - at);
      const events = (await this.store.readStream(lotStream(lotId), at, count)) as StoredLotEvent[];
      for (const event of events) state = evolve(state, event);
      at += events.length;
      if (at % READ_PAGE === 0) this.remember(lotId, at, state);
    }
    return state;
  }

  private remember(lotId: string, revision: number, lot: LotState): void {
    if (lot.phase !== 'not-listed') this.folds.set(`${lotId}@${revision}`, lot);
  }
}

function historyEvent(event: StoredLotEvent, before: LotState, after: LotState, shown: Shown): LotHistoryEvent {
  const { revision, id: eventId, type, recordedAt, data, metadata } = event;
  return {
    revision,
    eventId,
    type,
    at: toIso(recordedAt),
    changes: changesBetween(viewOf(before, shown), viewOf(after, shown)),
    ...publicPart(event, after, shown),
    ...(shown.stored && { stored: { data, actor: metadata.actor, correlationId: metadata.correlationId } }),
  };
}

type View = Omit<LotView, 'position'>;

function viewOf(lot: LotState, { nameOf }: Shown): Partial<View> {
  if (lot.phase === 'not-listed') return {};
  const { position: _, ...view } = lotView(lot, '0', nameOf);
  return view;
}

function changesBetween(before: Partial<View>, after: Partial<View>): Partial<View> {
  const changed = Object.entries(after).filter(
    ([member, value]) => JSON.stringify(value) !== JSON.stringify(before[member as keyof View]),
  );
  return Object.fromEntries(changed);
}

type PublicPart = Pick<LotHistoryEvent, 'bid' | 'purchase' | 'note'>;

/** Who did what, without a maximum or a reserve (rule P5). */
function publicPart(event: LotEvent, lot: LotState, { inside, nameOf }: Shown): PublicPart {
  switch (event.type) {
    case 'BidPlaced': {
      const { bidId, auctionId, amount, bidPolicy, price, sequence, outcome } = event.data;
      const bidderId = nameOf(event.data.bidderId, auctionId);
      return { bid: { bidId, bidderId, amount: bidPolicy === 'proxy' ? price : amount, sequence, outcome } };
    }
    case 'BidArrivedLate': {
      const { bidId, bidderId, amount } = event.data;
      const isOpen = lot.phase !== 'not-listed' && lot.terms.bidPolicy === 'open';
      return { bid: { bidId, bidderId, amount: isOpen ? amount : null, sequence: null, outcome: null } };
    }
    case 'ItemBought': {
      const { purchaseId, auctionId, quantity, price } = event.data;
      return { purchase: { purchaseId, buyerId: nameOf(event.data.buyerId, auctionId), quantity, price } };
    }
    case 'BiddingExtended':
      return { note: event.data.cause };
    case 'LotClosed':
      return { note: event.data.reason };
    case 'LotPassed':
      return inside ? { note: event.data.reason } : {};
    default:
      return {};
  }
}
