import type { Projection } from '../projection.js';
import { auctionLotKey } from '../row-keys.js';
import type { AuctionLotRow } from '../rows.js';

/** The listed lots of an auction in their order. */
export const auctionLots: Projection<AuctionLotRow> = {
  name: 'auctionLots',
  version: 1,
  appendOnly: true,
  keyOf: (event) => (event.type === 'LotListed' ? auctionLotKey(event.data.auctionId, event.data.ordinal) : null),
  on: {
    AuctionCreated: 'ignored',
    LotAdded: 'ignored',
    AuctionStarted: 'ignored',
    LotSettled: 'ignored',
    AuctionEnding: 'ignored',
    AuctionEnded: 'ignored',
    AuctionCancelled: 'ignored',
    LotListed: (_, { data }) => ({ auctionId: data.auctionId, lotId: data.lotId, ordinal: data.ordinal }),
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
    WebhookSubscribed: 'ignored',
    WebhookSecretRotated: 'ignored',
    WebhookDisabled: 'ignored',
    WebhookEnabled: 'ignored',
    WebhookDeleted: 'ignored',
  },
};
