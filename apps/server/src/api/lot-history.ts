import { LRUCache } from 'lru-cache';
import { evolve } from '#auction/lot/evolve.js';
import { type LotState, notListed } from '#auction/lot/lot.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import type { LotHistoryEvent } from '#contracts/http/lot-history.js';
import type { LotView } from '#contracts/http/lots.js';
import { lotStream } from '#contracts/ids.js';
import { toIso } from '#contracts/time.js';
import type { EventReader, RecordedEvent } from '#event-store/event-store.js';
import { lotView } from './lot-view.js';

/** Events of one read: bounds the memory, whatever the stream's length. */
const READ_PAGE = 1_000;
/** Folds that are remembered, so that the next page of a long stream begins where the last one ended. */
const REMEMBERED_FOLDS = 200;

type StoredLotEvent = RecordedEvent & LotEvent;

/** What happened to a lot, read from its stream: the truth itself and no read model. */
export class LotHistory {
  private readonly folds = new LRUCache<string, Exclude<LotState, { phase: 'not-listed' }>>({ max: REMEMBERED_FOLDS });

  constructor(private readonly store: EventReader) {}

  /** At most `limit` events from a revision on; none behind the end or where there is no lot. Rejects with StoreUnavailable. */
  async page(lotId: string, from: number, limit: number, showStored: boolean): Promise<LotHistoryEvent[]> {
    let lot = await this.stateBefore(lotId, from);
    const items: LotHistoryEvent[] = [];
    while (items.length < limit) {
      const count = Math.min(READ_PAGE, limit - items.length);
      const events = (await this.store.readStream(lotStream(lotId), from + items.length, count)) as StoredLotEvent[];
      for (const event of events) {
        const before = lot;
        lot = evolve(before, event);
        items.push(historyEvent(event, before, lot, showStored));
      }
      if (events.length < count) break;
    }
    this.remember(lotId, from + items.length, lot);
    return items;
  }

  /** The lot as its first `revision` events made it. */
  private async stateBefore(lotId: string, revision: number): Promise<LotState> {
    const remembered = this.folds.get(`${lotId}@${revision}`);
    if (remembered !== undefined) return remembered;
    let state: LotState = notListed;
    for (let at = 0; at < revision; ) {
      const count = Math.min(READ_PAGE, revision - at);
      const events = (await this.store.readStream(lotStream(lotId), at, count)) as StoredLotEvent[];
      for (const event of events) state = evolve(state, event);
      at += events.length;
      if (events.length < count) break;
    }
    return state;
  }

  private remember(lotId: string, revision: number, lot: LotState): void {
    if (lot.phase !== 'not-listed') this.folds.set(`${lotId}@${revision}`, lot);
  }
}

function historyEvent(event: StoredLotEvent, before: LotState, after: LotState, showStored: boolean): LotHistoryEvent {
  const { revision, id: eventId, type, recordedAt, data, metadata } = event;
  return {
    revision,
    eventId,
    type,
    at: toIso(recordedAt),
    changes: changesBetween(viewOf(before), viewOf(after)),
    ...publicPart(event, after),
    ...(showStored && { stored: { data, actor: metadata.actor, correlationId: metadata.correlationId } }),
  };
}

type Shown = Omit<LotView, 'position'>;

function viewOf(lot: LotState): Partial<Shown> {
  if (lot.phase === 'not-listed') return {};
  const { position: _, ...view } = lotView(lot, '0');
  return view;
}

function changesBetween(before: Partial<Shown>, after: Partial<Shown>): Partial<Shown> {
  const changed = Object.entries(after).filter(
    ([member, value]) => JSON.stringify(value) !== JSON.stringify(before[member as keyof Shown]),
  );
  return Object.fromEntries(changed);
}

/** Who did what, without a maximum or a reserve (rule P5). */
function publicPart(event: LotEvent, lot: LotState): Pick<LotHistoryEvent, 'bid' | 'purchase' | 'note'> {
  switch (event.type) {
    case 'BidPlaced': {
      const { bidId, bidderId, amount, bidPolicy, price, sequence, outcome } = event.data;
      return { bid: { bidId, bidderId, amount: bidPolicy === 'proxy' ? price : amount, sequence, outcome } };
    }
    case 'BidArrivedLate': {
      const { bidId, bidderId, amount } = event.data;
      const isOpen = lot.phase !== 'not-listed' && lot.terms.bidPolicy === 'open';
      return { bid: { bidId, bidderId, amount: isOpen ? amount : null, sequence: null, outcome: null } };
    }
    case 'ItemBought': {
      const { purchaseId, buyerId, quantity, price } = event.data;
      return { purchase: { purchaseId, buyerId, quantity, price } };
    }
    case 'BiddingExtended':
      return { note: event.data.cause };
    case 'LotClosed':
    case 'LotPassed':
      return { note: event.data.reason };
    default:
      return {};
  }
}
