import { incrementPresets } from '#auction/lot/increments.js';
import type { Lot } from '#auction/lot/lot.js';
import { type LotCommand, lotDecider } from '#auction/lot/lot-decider.js';
import type { BidOutcome } from '#contracts/events/lot-events.js';
import type { Money } from '#contracts/money.js';
import type { LotTerms } from '#contracts/terms.js';
import type { RecordedAuction } from './recorded-auction.js';

/** What an auction comes to. */
export interface Closing {
  readonly state: 'sold' | 'passed';
  readonly winnerId: string | null;
  /** What the winner pays, cents; null when passed. */
  readonly amount: Money | null;
  readonly outcomes: Outcomes;
}
export type Outcomes = Readonly<Partial<Record<BidOutcome, number>>>;

export interface Replay extends Closing {
  /** The visible price at the end, cents: also of a lot that passed. */
  readonly price: Money | null;
  /** The hidden maximum of who led at the end, cents. */
  readonly leaderMaximum: Money | null;
}

/** Puts the recorded bids through the domain, in this process and without a server. */
export function replay(auction: RecordedAuction, reserve: Money | null): Replay {
  const outcomes: Partial<Record<BidOutcome, number>> = {};
  let state = lotDecider.initial;
  const run = (command: LotCommand): void => {
    const decision = lotDecider.decide(command, state);
    if (decision.kind !== 'accepted')
      throw new Error(`auction ${auction.auctionId}: ${command.type} came to ${decision.kind}`);
    for (const event of decision.events) {
      state = lotDecider.evolve(state, event);
      if (event.type === 'BidPlaced') outcomes[event.data.outcome] = (outcomes[event.data.outcome] ?? 0) + 1;
    }
  };

  const { auctionId } = auction;
  run({
    type: 'ListLot',
    lotId: auctionId,
    auctionId,
    ordinal: 1,
    terms: termsOf(auction, reserve),
    extendsAsGroup: false,
  });
  run({ type: 'OpenLot', at: 0 });
  for (const { bidder, amount, line } of auction.bids) {
    run({ type: 'PlaceBid', bidId: String(line), bidderId: bidder, amount, acceptedAt: 0 });
  }
  run({ type: 'CloseLot', reason: 'auction-ended', at: 0 });
  const { winner, price, leader } = state as Lot;
  return {
    state: winner === null ? 'passed' : 'sold',
    winnerId: winner?.winnerId ?? null,
    amount: winner?.amount ?? null,
    outcomes,
    price,
    leaderMaximum: leader?.maximum ?? null,
  };
}

const termsOf = ({ title, startingBid }: RecordedAuction, reserve: Money | null): LotTerms => ({
  title,
  startingBid,
  bidPolicy: 'proxy',
  increments: incrementPresets.ebay,
  reserve,
  softClose: null,
  closesAt: null,
  buyNow: null,
  vehicle: null,
  currency: 'USD',
});
