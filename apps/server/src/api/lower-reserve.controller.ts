import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { LotParams, LotView, LowerReserveBody } from '#contracts/http/lots.js';
import { Clock } from '#platform/clock.js';
import { carriedOn } from '../http/carried-on.js';
import { commandContext, done } from '../http/command-context.js';
import { Route, type RouteRequest } from '../http/route.js';
import { LotWriter } from '../writers.js';
import { LotHistory } from './lot-history.js';
import { lotView } from './lot-view.js';
import { asTheyAre } from './shown-names.js';

const route = { params: LotParams, body: LowerReserveBody };

@Controller()
export class LowerReserveController {
  constructor(
    private readonly lots: LotWriter,
    private readonly history: LotHistory,
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
    const isRepeat = outcome.kind === 'accepted' && outcome.repeated;
    // A repeat gets the first answer: its state is the one of now.
    const lot = isRepeat ? await carriedOn(this.history.stateBefore(lotId, outcome.revision + 1)) : outcome.state;
    if (lot === null || lot.phase === 'not-listed') throw new Error('a lot with a reserve is listed');
    return lotView(lot, outcome.position, asTheyAre);
  }
}
