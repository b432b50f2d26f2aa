import type { Projection } from '../projection.js';
import { bidderBidKey, bidKey, lotBidKey } from '../row-keys.js';
import type { BidRow } from '../rows.js';

/** Every bid: of a lot by sequence, of a bidder in commit order, and by its id. */
export const bids: Projection<BidRow> = {
  name: 'bids',
  version: 2,
  appendOnly: true,
  keyOf(event) {
    if (event.type === 'BidPlaced') return lotBidKey(event.data.lotId, event.data.sequence);
    return event.type === 'BidArrivedLate' ? bidderBidKey(event.data.bidderId, event.position) : null;
  },
  alsoUnder(event) {
    if (event.type !== 'BidPlaced') return event.type === 'BidArrivedLate' ? [bidKey(event.data.bidId)] : [];
    return [bidderBidKey(event.data.bidderId, event.position), bidKey(event.data.bidId)];
  },
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
      const { bidId, lotId, auctionId, bidderId, sequence, amount, price, outcome, acceptedAt } = data;
      return { bidId, lotId, auctionId, bidderId, sequence, amount, price, outcome, acceptedAt };
    },
    BiddingExtended: 'ignored',
    ReserveLowered: 'ignored',
    BidArrivedLate(_, { data }) {
      const { bidId, lotId, auctionId, bidderId, amount, acceptedAt } = data;
      return { bidId, lotId, auctionId, bidderId, sequence: null, amount, price: null, outcome: 'late', acceptedAt };
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
