import type { Projection } from '../projection.js';
import type { KeyRow } from '../rows.js';

/** The API keys, revoked ones too. */
export const keys: Projection<KeyRow> = {
  name: 'keys',
  version: 2,
  keyOf: (event) => ('keyId' in event.data ? event.data.keyId : null),
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
    KeyIssued(_, { data }) {
      return { ...data, revoked: false };
    },
    KeyRevoked(row, event) {
      if (row === null) throw new Error(`${event.type} stands before KeyIssued`);
      return { ...row, revoked: true };
    },
    WebhookSubscribed: 'ignored',
    WebhookSecretRotated: 'ignored',
    WebhookDisabled: 'ignored',
    WebhookEnabled: 'ignored',
    WebhookDeleted: 'ignored',
  },
};
