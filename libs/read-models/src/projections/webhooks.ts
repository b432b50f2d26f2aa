import type { EventType } from '#contracts/events/catalogue.js';
import type { Projection } from '../projection.js';
import type { WebhookRow } from '../rows.js';

/** Secrets before the newest one that may sign: bounds the header, however often somebody rotates. */
const PREVIOUS_SECRETS = 3;

/** The webhook subscriptions that have not been deleted. */
export const webhooks: Projection<WebhookRow> = {
  name: 'webhooks',
  version: 2,
  keyOf: (event) => ('webhookId' in event.data ? `${event.data.partner}/${event.data.webhookId}` : null),
  on: {
    AuctionCreated: 'ignored',
    LotAdded: 'ignored',
    AuctionStarted: 'ignored',
    LotSettled: 'ignored',
    AuctionEnding: 'ignored',
    AuctionEnded: 'ignored',
    AuctionCancelled: 'ignored',
    LotListed: 'ignored',
    LotOpened: 'ignored',
    BidPlaced: 'ignored',
    BiddingExtended: 'ignored',
    ReserveLowered: 'ignored',
    BidArrivedLate: 'ignored',
    ItemBought: 'ignored',
    OutOfStock: 'ignored',
    LotClosed: 'ignored',
    LotSold: 'ignored',
    LotPassed: 'ignored',
    LotWithdrawn: 'ignored',
    VehicleClaimed: 'ignored',
    VehicleReleased: 'ignored',
    KeyIssued: 'ignored',
    KeyRevoked: 'ignored',
    WebhookSubscribed(_, { data, position }) {
      return { ...data, subscribedPosition: position, generation: 1, previous: [], disabled: null };
    },
    WebhookSecretRotated(row, { type, data }) {
      const { generation, previousUntil, rotatedAt } = data;
      const before = present(row, type);
      const valid = before.previous.filter(({ until }) => until > rotatedAt);
      const previous = [{ generation: before.generation, until: previousUntil }, ...valid].slice(0, PREVIOUS_SECRETS);
      return { ...before, generation, previous };
    },
    WebhookDisabled(row, { type, data }) {
      const { reason, detail, disabledAt: at } = data;
      return { ...present(row, type), disabled: { reason, detail, at } };
    },
    WebhookEnabled(row, { type }) {
      return { ...present(row, type), disabled: null };
    },
    WebhookDeleted: () => null,
  },
};

function present(row: WebhookRow | null, type: EventType): WebhookRow {
  if (row === null) throw new Error(`${type} stands before WebhookSubscribed`);
  return row;
}
