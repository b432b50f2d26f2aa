import { v7 } from 'uuid';
import { incrementPresets } from '#auction/lot/increments.js';
import type { Lot, LotState } from '#auction/lot/lot.js';
import { type LotCommand, lotDecider } from '#auction/lot/lot-decider.js';
import type { BidOutcome } from '#contracts/events/lot-events.js';
import type { AddLotBody } from '#contracts/http/lots.js';

export interface Placed {
  readonly bidderId: string;
  readonly amount: number;
  readonly outcome: BidOutcome;
}

interface DoubleLot {
  readonly title: string;
  readonly bids: Placed[];
  state: LotState;
}

/** Auctions of one lot each, in memory, decided by the real domain. */
export class DoubleAuctions {
  readonly lots = new Map<string, DoubleLot>();
  private readonly lotsOf = new Map<string, string[]>();

  /** `lagMs`: what is decided on an auction reaches its lots only so much later. */
  constructor(private readonly lagMs: number) {}

  create(): string {
    const auctionId = v7();
    this.lotsOf.set(auctionId, []);
    return auctionId;
  }

  addLot(auctionId: string, { title, startingBid, reserve, bidPolicy, increments }: AddLotBody): string {
    if (increments !== 'ebay' || bidPolicy !== 'proxy')
      throw new Error('the double knows proxy bids with eBay increments');
    const lotId = v7();
    this.lots.set(lotId, { title, bids: [], state: lotDecider.initial });
    this.lotsOf.get(auctionId)?.push(lotId);
    const terms = {
      title,
      startingBid,
      bidPolicy,
      increments: incrementPresets.ebay,
      reserve: reserve ?? null,
      softClose: null,
      closesAt: null,
      buyNow: null,
      vehicle: null,
      currency: 'USD',
    };
    this.decide(lotId, { type: 'ListLot', lotId, auctionId, ordinal: 1, terms, extendsAsGroup: false });
    return lotId;
  }

  start(auctionId: string): void {
    this.carry(auctionId, { type: 'OpenLot', at: 0 });
  }

  end(auctionId: string): void {
    this.carry(auctionId, { type: 'CloseLot', reason: 'auctioneer', at: 0 });
  }

  /** The outcome, or the code of the refusal. */
  placeBid(lotId: string, bidderId: string, amount: number): { outcome: BidOutcome } | { refusal: string } {
    const decision = this.decide(lotId, { type: 'PlaceBid', bidId: v7(), bidderId, amount, acceptedAt: 0 });
    if (decision.kind === 'refused') return { refusal: decision.refusal.code };
    const [event] = decision.kind === 'accepted' ? decision.events : [];
    if (event?.type !== 'BidPlaced') throw new Error('a bid is placed or refused');
    const { outcome } = event.data;
    this.lots.get(lotId)?.bids.push({ bidderId, amount, outcome });
    return { outcome };
  }

  lot(lotId: string): Lot | null {
    const state = this.lots.get(lotId)?.state;
    return state === undefined || state.phase === 'not-listed' ? null : state;
  }

  bidsByTitle(): Map<string, readonly Placed[]> {
    return new Map([...this.lots.values()].map(({ title, bids }) => [title, bids]));
  }

  private carry(auctionId: string, command: LotCommand): void {
    for (const lotId of this.lotsOf.get(auctionId) ?? []) {
      if (this.lagMs === 0) this.decide(lotId, command);
      else setTimeout(() => this.decide(lotId, command), this.lagMs);
    }
  }

  private decide(lotId: string, command: LotCommand) {
    const lot = this.lots.get(lotId);
    if (lot === undefined) throw new Error(`no lot ${lotId}`);
    const decision = lotDecider.decide(command, lot.state);
    if (decision.kind === 'accepted') lot.state = decision.events.reduce(lotDecider.evolve, lot.state);
    return decision;
  }
}
