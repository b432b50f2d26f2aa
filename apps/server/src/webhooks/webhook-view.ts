import type { DeliveryView, WebhookView } from '#contracts/http/webhooks.js';
import { toIso, toIsoOrNull } from '#contracts/time.js';
import type { WebhookRow } from '#read-models/rows.js';
import type { Principal } from '../auth/principal.js';
import type { DeliveryRecord } from './delivery-record.js';

export const webhookView = (row: WebhookRow): WebhookView => ({
  webhookId: row.webhookId,
  url: row.url,
  eventTypes: row.eventTypes && [...row.eventTypes],
  auctionIds: row.auctionIds && [...row.auctionIds],
  state: row.disabled === null ? 'active' : 'disabled',
  disabled: row.disabled && { ...row.disabled, at: toIso(row.disabled.at) },
  subscribedAt: toIso(row.subscribedAt),
  previousSecretUntil: toIsoOrNull(row.previous[0]?.until ?? null),
});

export const deliveryView = (record: DeliveryRecord): DeliveryView => ({
  eventId: record.eventId,
  eventType: record.eventType,
  state: record.state,
  attempts: record.attempts,
  lastAttemptAt: toIso(record.lastAt),
  status: record.status,
  error: record.error,
  nextAttemptAt: toIsoOrNull(record.nextAt),
});

/** A key that is limited to auctions sees the subscriptions that are limited to some of them, and no wider ones. */
export function maySee({ auctionIds }: Principal, row: WebhookRow): boolean {
  if (auctionIds == null) return true;
  return row.auctionIds?.every((id) => auctionIds.includes(id)) ?? false;
}
