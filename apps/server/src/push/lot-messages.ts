import { buyableUnits } from '#auction/lot/buy-now.js';
import type { Lot } from '#auction/lot/lot.js';
import { minimumNextBid } from '#auction/lot/minimum-next-bid.js';
import { type AliasOf, publicEventOf } from '#contracts/public-events/public-event-of.js';
import type { LotNow, PushedLot, SnapshotReason, You } from '#contracts/push/server-messages.js';
import { toIso, toIsoOrNull } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';
import type { StoredEvent } from '#read-models/projection.js';
import type { LotRow } from '#read-models/rows.js';
import { lotView, lotViewState } from '../api/lot-view.js';
import type { Change } from './live-rows.js';
import { type Marks, PushMessage } from './push-message.js';

/** An event of a lot as subscribers see it; null for what nobody sees. */
export function lotMessage(
  event: StoredEvent,
  lotId: string,
  change: Change<LotRow>,
  aliasOf: AliasOf,
): PushMessage | null {
  const { position } = event;
  const { auctionId } = event.data as { auctionId: string };
  const lot = change.after?.lot ?? null;
  const about = { lotId, auctionId, position, closesAt: toIsoOrNull(lot?.closesAt ?? null) };
  if (event.type === 'BidArrivedLate') {
    const { bidId, bidderId, amount } = event.data;
    const marks = new Map([[bidderId, { late: true } as const]]);
    return new PushMessage({ type: event.type, ...about, data: { lotId, bidId, amount } }, marks, bidderId);
  }
  const now = lot && lotNow(lot, aliasOf);
  const marks = marksOf(event, change);
  if (event.type === 'LotOpened')
    return new PushMessage({ type: 'LotChanged', ...about, data: { lotId }, lot: now }, marks);
  const seen = publicEventOf(event, aliasOf);
  if (seen === null) return null;
  const { eventId, eventType, payload } = seen;
  return new PushMessage({ type: eventType, eventId, ...about, data: payload, lot: now }, marks);
}

export interface SnapshotOf {
  readonly row: LotRow;
  readonly position: Position;
  readonly reason: SnapshotReason;
}

/** A lot as it stands, for anybody who may read. */
export function lotSnapshot({ row, position, reason }: SnapshotOf, aliasOf: AliasOf): PushMessage {
  const { lotId, auctionId } = row.lot;
  const data: PushedLot = lotView(row.lot, row.position, aliasOf);
  const { closesAt } = data;
  return new PushMessage(
    { type: 'LotSnapshot', lotId, auctionId, position, closesAt, reason, data },
    standing(row.lot),
  );
}

/** The notice that the effective end is near. */
export function lotClosing(lot: LotRow['lot'], closesAt: number, position: Position, aliasOf: AliasOf): PushMessage {
  const { lotId, auctionId } = lot;
  const end = toIso(closesAt);
  const data = { lotId, closesAt: end };
  const parts = {
    type: 'LotClosing',
    lotId,
    auctionId,
    position,
    closesAt: end,
    data,
    lot: lotNow(lot, aliasOf),
  } as const;
  return new PushMessage(parts, standing(lot));
}

function lotNow(lot: LotRow['lot'], aliasOf: AliasOf): LotNow {
  const { leader, price, terms } = lot;
  return {
    state: lotViewState(lot),
    currentPrice: price,
    highestBid:
      leader === null || price === null
        ? null
        : { bidderId: aliasOf(leader.bidderId, lot.auctionId), amount: price, sequence: leader.sequence },
    minimumNextBid: minimumNextBid(lot),
    bidCount: lot.bidCount,
    reserveMet: lot.reserveMet,
    closesAt: toIsoOrNull(lot.closesAt),
    extensions: lot.extensions,
    available: terms.buyNow && buyableUnits(lot),
  };
}

/** What an event means for single bidders. */
function marksOf(event: StoredEvent, { before, after }: Change<LotRow>): Marks {
  const marks = new Map<string, You>(after === null ? [] : standing(after.lot));
  const mark = (bidderId: string, you: You) => marks.set(bidderId, { ...you, ...marks.get(bidderId) });
  if (event.type === 'BidPlaced') {
    const { bidderId } = event.data;
    mark(bidderId, { bid: true });
    const former = before?.lot.leader?.bidderId;
    const leads = after?.lot.leader?.bidderId;
    if (former !== undefined && former !== leads) mark(former, { outbid: true });
  }
  if (event.type === 'ItemBought') mark(event.data.buyerId, { bought: true });
  return marks;
}

/** Who leads the open lot, or won it. */
function standing({ phase, leader, winner }: Pick<Lot, 'phase' | 'leader' | 'winner'>): Map<string, You> {
  if (phase === 'sold') return new Map(winner?.winnerId ? [[winner.winnerId, { won: true }]] : []);
  return new Map(phase === 'open' && leader !== null ? [[leader.bidderId, { leading: true }]] : []);
}
