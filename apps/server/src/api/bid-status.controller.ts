import { Controller, Get, Req } from '@nestjs/common';
import { BidParams, BidResource } from '#contracts/http/lots.js';
import { AtLeastQuery } from '#contracts/http/position.js';
import { toIso } from '#contracts/time.js';
import { ReadModels } from '#read-models/read-models.js';
import { bidKey } from '#read-models/row-keys.js';
import type { Principal } from '../auth/principal.js';
import { principalOf } from '../http/command-context.js';
import { notFound } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Visibility } from '../http/visibility.js';
import { BidSpool } from '../spool/bid-spool.js';
import { amountsOf, bidState, type OwnBid, spooledBidOf } from './bid-state.js';

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
    const stored = (await this.visibility.reach(this.readModels.bids, request.query.atLeast)).get(bidKey(bidId));
    const spooled = stored === null ? this.spool.find(bidId) : undefined;
    const bid: OwnBid | null = stored ?? (spooled === undefined ? null : spooledBidOf(this.spool, spooled));
    // Whoever may not see the bid is not told that it exists.
    if (bid === null || !maySee(principal, bid.bidderId)) throw notFound('bid');
    const { lotId, auctionId, bidderId, sequence, outcome, reason, acceptedAt } = bid;
    return {
      bidId,
      lotId,
      auctionId,
      bidderId,
      ...amountsOf(bid, this.readModels.lots.get(lotId)?.lot ?? null, isOwn(principal, bidderId)),
      sequence,
      outcome,
      state: bidState(bid),
      ...(reason !== undefined && { reason }),
      placedAt: toIso(acceptedAt),
    };
  }
}

const isOwn = ({ role, subject }: Principal, bidderId: string): boolean => role === 'bidder' && subject === bidderId;

const maySee = (principal: Principal, bidderId: string): boolean =>
  isOwn(principal, bidderId) || principal.role === 'auctioneer' || principal.role === 'admin';
