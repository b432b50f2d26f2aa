import type { Projection } from '../projection.js';
import { auctionLotKey, createdAuctionKey } from '../row-keys.js';
import type { ListingRow } from '../rows.js';

/** What was listed, and in which order: auctions by creation, the lots of an auction by their numbers. */
export const listings: Projection<ListingRow> = {
  name: 'listings',
  version: 1,
  appendOnly: true,
  keyOf(event) {
    if (event.type === 'AuctionCreated') return createdAuctionKey(event.position);
    return event.type === 'LotListed' ? auctionLotKey(event.data.auctionId, event.data.ordinal) : null;
  },
  on: {
    AuctionCreated: (_, { data }) => ({ auctionId: data.auctionId }),
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
