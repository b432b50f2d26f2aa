import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { LotCommand } from '#auction/lot/lot-decider.js';
import { LotParams, LotResultView } from '#contracts/http/lots.js';
import { Clock } from '#platform/clock.js';
import { carriedOn } from '../http/carried-on.js';
import { commandContext, done } from '../http/command-context.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Visibility } from '../http/visibility.js';
import { Carrier } from '../process/carrier.js';
import { LotWriter } from '../writers.js';
import { lotResult } from './lot-view.js';
import { asTheyAre } from './shown-names.js';

const route = { params: LotParams };
const common = {
  ...route,
  access: 'auctioneer',
  tag: 'Lots',
  command: true,
  answers: { 200: LotResultView },
  problems: [404, 409],
} as const;

/** The two ways in which an auctioneer settles a lot by hand. */
@Controller()
export class SettleLotController {
  constructor(
    private readonly lots: LotWriter,
    private readonly carrier: Carrier,
    private readonly visibility: Visibility,
    private readonly clock: Clock,
  ) {}

  @Post('api/lots/:lotId/close')
  @HttpCode(200)
  @Route({ ...common, summary: 'Close a lot now: sold or passed' })
  close(@Req() request: RouteRequest<typeof route>): Promise<LotResultView> {
    return this.settle(request, { type: 'CloseLot', reason: 'auctioneer', at: this.clock.now() });
  }

  @Post('api/lots/:lotId/withdraw')
  @HttpCode(200)
  @Route({ ...common, summary: 'Take a lot out of the auction: no winner' })
  withdraw(@Req() request: RouteRequest<typeof route>): Promise<LotResultView> {
    return this.settle(request, { type: 'WithdrawLot', at: this.clock.now() });
  }

  private async settle(request: RouteRequest<typeof route>, command: LotCommand): Promise<LotResultView> {
    const { lotId } = request.params;
    const { state, position } = done(await this.lots.execute(lotId, command, commandContext(request)));
    if (state.phase === 'not-listed') throw new Error('a settled lot is listed');
    // The process manager does the same; here it makes the auction's result visible at once.
    await carriedOn(this.carrier.settle(lotId));
    await this.visibility.shown();
    return lotResult(state, position, asTheyAre);
  }
}
