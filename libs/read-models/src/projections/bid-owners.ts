import type { Projection, StoredEvent } from '../projection.js';
import type { BidOwnerRow } from '../rows.js';

const owner = (
  _: BidOwnerRow | null,
  { data, position }: StoredEvent<'BidPlaced' | 'BidArrivedLate'>,
): BidOwnerRow => ({
  bidderId: data.bidderId,
  position,
});

/** Where the row of a bid is found, for whoever has only its id. */
export const bidOwners: Projection<BidOwnerRow> = {
  name: 'bidOwners',
  version: 1,
  appendOnly: true,
  keyOf: (event) => (event.type === 'BidPlaced' || event.type === 'BidArrivedLate' ? event.data.bidId : null),
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
    BidPlaced: owner,
    BiddingExtended: 'ignored',
    ReserveLowered: 'ignored',
    BidArrivedLate: owner,
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
