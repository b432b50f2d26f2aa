import { evolve } from '#auction/lot/evolve.js';
import { type Lot, type LotState, notListed } from '#auction/lot/lot.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import type { Projection, StoredEvent } from '../projection.js';
import type { LotRow } from '../rows.js';

/** The domain's own fold: the rules stand in one place. */
function folded(row: LotRow | null, event: StoredEvent<LotEvent['type']>): LotRow {
  const lot: LotState = evolve(row?.lot ?? notListed, event);
  if (lot.phase === 'not-listed') throw new Error(`${event.type} leaves a lot that is not listed`);
  return { lot: withoutBuyers(lot), revision: event.revision, position: event.position };
}

/** Set by LotListed alone, so later events need no copy. */
const withoutBuyers = (lot: Lot): LotRow['lot'] =>
  lot.boughtBy === null ? (lot as LotRow['lot']) : { ...lot, boughtBy: null };

export const lots: Projection<LotRow> = {
  name: 'lots',
  version: 1,
  changesOften: true,
  keyOf: (event) => ('lotId' in event.data ? event.data.lotId : null),
  dueAt: ({ lot }) => (lot.phase === 'open' ? lot.closesAt : null),
  on: {
    AuctionCreated: 'ignored',
    LotAdded: 'ignored',
    AuctionStarted: 'ignored',
    LotSettled: 'ignored',
    AuctionEnding: 'ignored',
    AuctionEnded: 'ignored',
    AuctionCancelled: 'ignored',
    LotListed: folded,
    LotOpened: folded,
    BidPlaced: folded,
    BiddingExtended: folded,
    ReserveLowered: folded,
    BidArrivedLate: folded,
    ItemBought: folded,
    OutOfStock: folded,
    LotClosed: folded,
    LotSold: folded,
    LotPassed: folded,
    LotWithdrawn: folded,
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
