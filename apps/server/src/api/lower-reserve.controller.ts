import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { LotParams, LotView, LowerReserveBody } from '#contracts/http/lots.js';
import { Clock } from '#platform/clock.js';
import { commandContext, done } from '../http/command-context.js';
import { Route, type RouteRequest } from '../http/route.js';
import { LotWriter } from '../writers.js';
import { lotView } from './lot-view.js';
import { asTheyAre } from './shown-names.js';

const route = { params: LotParams, body: LowerReserveBody };

@Controller()
export class LowerReserveController {
  constructor(
    private readonly lots: LotWriter,
    private readonly clock: Clock,
  ) {}

  @Post('api/lots/:lotId/reserve')
  @HttpCode(200)
  @Route({
    ...route,
    access: 'auctioneer',
    tag: 'Lots',
    summary: 'Lower the hidden reserve while it is not met',
    command: true,
    answers: { 200: LotView },
    problems: [404, 409],
  })
  async lowerReserve(@Req() request: RouteRequest<typeof route>): Promise<LotView> {
    const { lotId } = request.params;
    const command = { type: 'LowerReserve', reserve: request.body.reserve, at: this.clock.now() } as const;
    const outcome = done(await this.lots.execute(lotId, command, commandContext(request)));
    if (outcome.state.phase === 'not-listed') throw new Error('a lot with a reserve is listed');
    return lotView(outcome.state, outcome.position, asTheyAre);
  }
}
