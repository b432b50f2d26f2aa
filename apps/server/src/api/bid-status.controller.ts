import { Controller, Get, Req } from '@nestjs/common';
import { BidParams, BidResource } from '#contracts/http/lots.js';
import { AtLeastQuery } from '#contracts/http/position.js';
import { toIso } from '#contracts/time.js';
import { ReadModels } from '#read-models/read-models.js';
import { bidderBidKey, bidKey } from '#read-models/row-keys.js';
import type { BidOwnerRow } from '#read-models/rows.js';
import type { Principal } from '../auth/principal.js';
import { principalOf } from '../http/command-context.js';
import { notFound } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Visibility } from '../http/visibility.js';
import { BidSpool } from '../spool/bid-spool.js';
import { bidState, type OwnBid, spooledBidOf } from './bid-state.js';

const route = { params: BidParams, query: AtLeastQuery };

@Controller()
export class BidStatusController {
  constructor(
    private readonly readModels: ReadModels,
    private readonly visibility: Visibility,
    private readonly spool: BidSpool,
  ) {}

  @Get('api/bids/:bidId')
  @Route({
    ...route,
    access: 'any',
    tag: 'Lots',
    summary: 'What became of a bid: for its bidder, and for auctioneers',
    answers: { 200: BidResource },
    problems: [404],
  })
  async bid(@Req() request: RouteRequest<typeof route>): Promise<BidResource> {
    const principal = principalOf(request);
    const { bidId } = request.params;
    const owners = await this.visibility.reach(this.readModels.bidOwners, request.query.atLeast);
    const owner = owners.get(bidId);
    const spooled = owner === null ? this.spool.find(bidId) : undefined;
    const bidderId = owner?.bidderId ?? spooled?.bidderId;
    // Whoever may not see the bid is not told that it exists.
    if (bidderId === undefined || !maySee(principal, bidderId)) throw notFound('bid');
    const bid = owner === null ? spooled && spooledBidOf(this.spool, spooled) : await this.stored(owner);
    if (bid == null) throw notFound('bid');
    const { lotId, auctionId, sequence, outcome, reason, acceptedAt } = bid;
    return {
      bidId,
      lotId,
      auctionId,
      bidderId,
      amount: isOwn(principal, bidderId) ? bid.amount : await this.publicAmount(bid, owner),
      sequence,
      outcome,
      state: bidState(bid),
      ...(reason !== undefined && { reason }),
      placedAt: toIso(acceptedAt),
    };
  }

  private async stored({ bidderId, position }: BidOwnerRow): Promise<OwnBid | null> {
    // The read models follow each for itself: this one may be a moment behind.
    return (await this.visibility.reach(this.readModels.bidderBids, position)).get(bidderBidKey(bidderId, position));
  }

  /** Under `proxy` a bid is a hidden maximum: others see the price behind it (rule P5), and nothing of one that is not recorded. */
  private async publicAmount({ lotId, sequence, amount }: OwnBid, owner: BidOwnerRow | null): Promise<number | null> {
    if (this.readModels.lots.get(lotId)?.lot.terms.bidPolicy === 'open') return amount;
    if (sequence === null || owner === null) return null;
    return (
      (await this.visibility.reach(this.readModels.bids, owner.position)).get(bidKey(lotId, sequence))?.price ?? null
    );
  }
}

const isOwn = ({ role, subject }: Principal, bidderId: string): boolean => role === 'bidder' && subject === bidderId;

const maySee = (principal: Principal, bidderId: string): boolean =>
  isOwn(principal, bidderId) || principal.role === 'auctioneer' || principal.role === 'admin';
