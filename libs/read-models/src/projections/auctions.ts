import type { AuctionEvent } from '#contracts/events/auction-events.js';
import type { Projection, StoredEvent } from '../projection.js';
import type { AuctionRow } from '../rows.js';

type Later = StoredEvent<Exclude<AuctionEvent['type'], 'AuctionCreated'>>;

function created({ data, revision, position }: StoredEvent<'AuctionCreated'>): AuctionRow {
  const { auctionId, title, currency, opensAt, closesAt, stagger } = data;
  return {
    auctionId,
    title,
    currency,
    phase: 'created',
    opensAt,
    closesAt,
    stagger,
    startedAt: null,
    endedAt: null,
    lotCount: 0,
    unsettledCount: 0,
    results: null,
    revision,
    position,
  };
}

function existing(row: AuctionRow | null, type: string): AuctionRow {
  if (row === null) throw new Error(`${type} stands before AuctionCreated`);
  return row;
}

/** The row behind a further event of the auction's own stream. */
function changed(row: AuctionRow | null, event: Later, change: Partial<AuctionRow> = {}): AuctionRow {
  return { ...existing(row, event.type), ...change, revision: event.revision, position: event.position };
}

export const auctions: Projection<AuctionRow> = {
  name: 'auctions',
  version: 2,
  keyOf: (event) => ('auctionId' in event.data ? event.data.auctionId : null),
  dueAt({ phase, opensAt, closesAt, unsettledCount }) {
    if (phase === 'created') return opensAt;
    // While a lot is open there is nothing to do: the last one that settles ends the auction in the same append.
    return phase === 'started' && unsettledCount === 0 ? closesAt : null;
  },
  on: {
    AuctionCreated: (_, event) => created(event),
    LotAdded: (row, event) => changed(row, event, { unsettledCount: existing(row, event.type).unsettledCount + 1 }),
    AuctionStarted: (row, event) => changed(row, event, { phase: 'started', startedAt: event.data.startedAt }),
    LotSettled: (row, event) => changed(row, event, { unsettledCount: existing(row, event.type).unsettledCount - 1 }),
    AuctionEnding: (row, event) => changed(row, event, { phase: 'ending' }),
    AuctionEnded: (row, event) =>
      changed(row, event, { phase: 'ended', endedAt: event.data.endedAt, results: event.data.results }),
    AuctionCancelled: (row, event) => changed(row, event, { phase: 'cancelled' }),
    // Stands in the lot's stream: the auction's revision stays as it is.
    LotListed(row, event) {
      const auction = existing(row, event.type);
      return { ...auction, lotCount: auction.lotCount + 1, position: event.position };
    },
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
