import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FeedPage, FeedQuery } from '#contracts/http/feed.js';
import { DEFAULT_PAGE } from '#contracts/http/pages.js';
import { Feed } from '../feed/feed.js';
import { callerGone } from '../http/caller-gone.js';
import { principalOf } from '../http/command-context.js';
import { validationFailed } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { sinceIn } from '../http/time-in.js';

const list = { query: FeedQuery };

@Controller()
export class FeedController {
  constructor(private readonly feed: Feed) {}

  @Get('api/events')
  @Route({
    ...list,
    access: 'partner',
    waits: true,
    tag: 'Partners',
    summary: 'Public events in commit order, by cursor or time; waits for new ones',
    answers: { 200: FeedPage },
    problems: [410],
  })
  async events(
    @Req() request: RouteRequest<typeof list>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { after, since, limit = DEFAULT_PAGE, wait = 0 } = request.query;
    if (after !== undefined && since !== undefined) {
      throw validationFailed([{ field: 'query.since', message: 'cannot be asked for together with after' }]);
    }
    const answer = await this.feed.page({
      after,
      since: sinceIn('query.since', since),
      limit,
      waitMs: wait * 1_000,
      principal: principalOf(request),
      signal: callerGone(reply),
    });
    reply.type('application/json; charset=utf-8');
    return answer;
  }
}
