import type { Projection } from '../projection.js';
import { bidderBidKey } from '../row-keys.js';
import type { BidderBidRow } from '../rows.js';

/** Every bid of a bidder in commit order. */
export const bidderBids: Projection<BidderBidRow> = {
  name: 'bidderBids',
  version: 1,
  appendOnly: true,
  keyOf: (event) => ('bidderId' in event.data ? bidderBidKey(event.data.bidderId, event.position) : null),
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
    BidPlaced(_, { data }) {
      const { bidId, lotId, auctionId, amount, sequence, outcome, acceptedAt } = data;
      return { bidId, lotId, auctionId, amount, sequence, outcome, acceptedAt };
    },
    BiddingExtended: 'ignored',
    ReserveLowered: 'ignored',
    BidArrivedLate(_, { data }) {
      const { bidId, lotId, auctionId, amount, acceptedAt } = data;
      return { bidId, lotId, auctionId, amount, sequence: null, outcome: 'late', acceptedAt };
    },
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
