import type { Projection } from '../projection.js';
import { bidKey } from '../row-keys.js';
import type { BidRow } from '../rows.js';

/** Every recorded bid of a lot by its sequence. */
export const bids: Projection<BidRow> = {
  name: 'bids',
  version: 1,
  appendOnly: true,
  keyOf: (event) => (event.type === 'BidPlaced' ? bidKey(event.data.lotId, event.data.sequence) : null),
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
