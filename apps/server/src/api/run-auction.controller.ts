import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { AuctionCommand } from '#auction/auction/auction-decider.js';
import { AuctionParams, AuctionStateAnswer } from '#contracts/http/auctions.js';
import { Clock } from '#platform/clock.js';
import { carriedOn } from '../http/carried-on.js';
import { commandContext, done } from '../http/command-context.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Visibility } from '../http/visibility.js';
import { Carrier } from '../process/carrier.js';
import { AuctionWriter } from '../writers.js';

const route = { params: AuctionParams };
const common = {
  ...route,
  access: 'auctioneer',
  tag: 'Auctions',
  command: true,
  answers: { 200: AuctionStateAnswer },
  problems: [404, 409],
} as const;

/** Start, end and cancel: decided by one append to the auction's stream, carried to its lots before the answer. */
@Controller()
export class RunAuctionController {
  constructor(
    private readonly auctions: AuctionWriter,
    private readonly carrier: Carrier,
    private readonly visibility: Visibility,
    private readonly clock: Clock,
  ) {}

  @Post('api/auctions/:auctionId/start')
  @HttpCode(200)
  @Route({ ...common, summary: 'Start: every lot opens' })
  start(@Req() request: RouteRequest<typeof route>): Promise<AuctionStateAnswer> {
    return this.run(request, { type: 'StartAuction', at: this.clock.now() });
  }

  @Post('api/auctions/:auctionId/end')
  @HttpCode(200)
  @Route({ ...common, summary: 'End: every open lot closes now' })
  end(@Req() request: RouteRequest<typeof route>): Promise<AuctionStateAnswer> {
    return this.run(request, { type: 'EndAuction', reason: 'auctioneer', at: this.clock.now() });
  }

  @Post('api/auctions/:auctionId/cancel')
  @HttpCode(200)
  @Route({ ...common, summary: 'Cancel: lots that are not settled are withdrawn' })
  cancel(@Req() request: RouteRequest<typeof route>): Promise<AuctionStateAnswer> {
    return this.run(request, { type: 'CancelAuction', at: this.clock.now() });
  }

  private async run(request: RouteRequest<typeof route>, command: AuctionCommand): Promise<AuctionStateAnswer> {
    const { auctionId } = request.params;
    const decided = done(await this.auctions.execute(auctionId, command, commandContext(request)));
    await carriedOn(this.carrier.carryAuction(auctionId));
    await this.visibility.shown();
    // A repeat gets the first answer, whatever has happened since; where the others lead to is final.
    if (command.type === 'StartAuction') return { auctionId, state: 'started', position: decided.position };
    const { state, position } = await carriedOn(this.auctions.load(auctionId));
    if (state.phase === 'not-created') throw new Error('an auction that runs is created');
    return { auctionId, state: state.phase, ...(position !== null && { position }) };
  }
}
