import { Controller, Post, Req } from '@nestjs/common';
import type { Auction } from '#auction/auction/auction.js';
import { AuctionView, CreateAuctionBody } from '#contracts/http/auctions.js';
import { toIsoOrNull } from '#contracts/time.js';
import { Clock } from '#platform/clock.js';
import { commandContext, done } from '../http/command-context.js';
import { validationFailed } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { timeIn } from '../http/time-in.js';
import { Visibility } from '../http/visibility.js';
import { AuctionWriter } from '../writers.js';

const route = { body: CreateAuctionBody };

@Controller()
export class CreateAuctionController {
  constructor(
    private readonly auctions: AuctionWriter,
    private readonly visibility: Visibility,
    private readonly clock: Clock,
  ) {}

  @Post('api/auctions')
  @Route({
    ...route,
    access: 'auctioneer',
    tag: 'Auctions',
    summary: 'Create an auction',
    command: 'creates',
    answers: { 201: AuctionView },
  })
  async createAuction(@Req() request: RouteRequest<typeof route>): Promise<AuctionView> {
    const { title, currency = 'USD', opensAt, closesAt, stagger = null } = request.body;
    const at = this.clock.now();
    const context = commandContext(request);
    const opens = timeIn('opensAt', opensAt);
    const closes = timeIn('closesAt', closesAt);
    if (opens !== null && closes !== null && closes <= opens) {
      throw validationFailed([{ field: 'closesAt', message: 'must lie behind opensAt' }]);
    }
    if (stagger !== null && closes === null) {
      throw validationFailed([{ field: 'closesAt', message: 'is missing: staggered lots close relative to it' }]);
    }
    const auctionId = context.commandId;
    const outcome = done(
      await this.auctions.execute(
        auctionId,
        { type: 'CreateAuction', auctionId, title, currency, opensAt: opens, closesAt: closes, stagger, at },
        context,
      ),
    );
    if (outcome.state.phase === 'not-created') throw new Error('a created auction is created');
    await this.visibility.shown();
    return createdView(outcome.state, outcome.position);
  }
}

/** The answer to the command that made it, whatever has happened since. */
const createdView = (auction: Auction, position: string): AuctionView => ({
  auctionId: auction.auctionId,
  title: auction.title,
  state: 'created',
  currency: auction.currency,
  opensAt: toIsoOrNull(auction.opensAt),
  closesAt: toIsoOrNull(auction.closesAt),
  lotCount: 0,
  results: null,
  stagger: auction.stagger,
  lots: [],
  position,
});
