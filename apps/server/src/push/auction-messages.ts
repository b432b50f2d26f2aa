import { type AliasOf, publicEventOf } from '#contracts/public-events/public-event-of.js';
import type { PushedAuction, SnapshotReason } from '#contracts/push/server-messages.js';
import { toIsoOrNull } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';
import type { StoredEvent } from '#read-models/projection.js';
import type { AuctionRow } from '#read-models/rows.js';
import type { Change } from './live-rows.js';
import { PushMessage } from './push-message.js';

/** An event of an auction as subscribers see it; null for what nobody sees. */
export function auctionMessage(event: StoredEvent, change: Change<AuctionRow>, aliasOf: AliasOf): PushMessage | null {
  const seen = publicEventOf(event, aliasOf);
  if (seen === null) return null;
  const { eventId, eventType, auctionId, payload } = seen;
  const closesAt = toIsoOrNull(change.after?.closesAt ?? null);
  const { position } = event;
  return new PushMessage({ type: eventType, eventId, lotId: null, auctionId, position, closesAt, data: payload });
}

/** An auction as it stands, without its lots. */
export function auctionSnapshot(
  row: AuctionRow,
  position: Position,
  reason: SnapshotReason,
  aliasOf: AliasOf,
): PushMessage {
  const { auctionId } = row;
  const closesAt = toIsoOrNull(row.closesAt);
  const data: PushedAuction = {
    auctionId,
    title: row.title,
    state: row.phase,
    currency: row.currency,
    opensAt: toIsoOrNull(row.opensAt),
    closesAt,
    lotCount: row.lotCount,
    results:
      row.results?.map(({ lotId, state, winnerId, amount }) => ({
        lotId,
        state,
        winnerId: winnerId && aliasOf(winnerId, auctionId),
        amount,
      })) ?? null,
    position: row.position,
  };
  return new PushMessage({ type: 'AuctionSnapshot', lotId: null, auctionId, position, closesAt, reason, data });
}
