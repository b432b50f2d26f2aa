import { Controller, Get } from '@nestjs/common';
import { RefusedRequests } from '#contracts/http/refusals.js';
import { Route } from '../http/route.js';
import { RecentRefusals } from '../observability/recent-refusals.js';

@Controller()
export class RefusalsController {
  constructor(private readonly refusals: RecentRefusals) {}

  @Get('api/refusals')
  @Route({
    access: 'admin',
    tag: 'Operation',
    summary: 'What this process refused lately, the newest first',
    answers: { 200: RefusedRequests },
  })
  recent(): RefusedRequests {
    return { items: this.refusals.newestFirst() };
  }
}
