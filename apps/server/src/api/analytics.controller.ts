import { Controller, Get, Req } from '@nestjs/common';
import { AnalyticsAnswer, AnalyticsQuery, DEFAULT_WINDOWS, MAX_WINDOWS } from '#contracts/http/analytics.js';
import { Clock } from '#platform/clock.js';
import { countOf, rangeOf, WINDOW_MS, type WindowRange } from '../analytics/windows.js';
import { Backend } from '../backend.js';
import { unavailable, validationFailed } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { timeIn } from '../http/time-in.js';

const list = { query: AnalyticsQuery };

@Controller()
export class AnalyticsController {
  constructor(
    private readonly backend: Backend,
    private readonly clock: Clock,
  ) {}

  @Get('api/analytics')
  @Route({
    ...list,
    access: 'auctioneer',
    tag: 'Operation',
    summary: 'Bids, sales and revenue by windows of time, of all auctions or one',
    answers: { 200: AnalyticsAnswer },
  })
  windows(@Req() request: RouteRequest<typeof list>): Promise<AnalyticsAnswer> {
    const range = this.rangeIn(request.query);
    const { analytics } = this.backend;
    if (analytics === null) {
      throw unavailable('analytics-unavailable', 'This process has no Kafka, or not the role analytics.', 60);
    }
    return analytics.read(range, request.query.auctionId ?? null);
  }

  private rangeIn({ window = 'minute', from, to }: AnalyticsQuery): WindowRange {
    const until = timeIn('query.to', to) ?? this.clock.now() + 1;
    const last = rangeOf(window, until - 1, until);
    const begin = timeIn('query.from', from) ?? Math.max(0, last.until - DEFAULT_WINDOWS * WINDOW_MS[window]);
    if (begin >= until) throw validationFailed([{ field: 'query.from', message: 'must lie before the end' }]);
    const range = rangeOf(window, begin, until);
    if (countOf(range) <= MAX_WINDOWS) return range;
    throw validationFailed([{ field: 'query.from', message: `at most ${MAX_WINDOWS} windows are answered at once` }]);
  }
}
