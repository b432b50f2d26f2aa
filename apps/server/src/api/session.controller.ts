import { Controller, Get, Req } from '@nestjs/common';
import { Me, ServerTime } from '#contracts/http/session.js';
import { toIso } from '#contracts/time.js';
import { Clock } from '#platform/clock.js';
import { principalOf } from '../http/command-context.js';
import { Route, type RouteRequest } from '../http/route.js';

/** What a page asks first: who its user is, and by which clock lots close. */
@Controller()
export class SessionController {
  constructor(private readonly clock: Clock) {}

  @Get('api/me')
  @Route({ access: 'any', tag: 'Keys', summary: 'Who the credential says that you are', answers: { 200: Me } })
  me(@Req() request: RouteRequest): Me {
    const { role, subject } = principalOf(request);
    return { role, subject };
  }

  @Get('api/time')
  @Route({ access: 'public', tag: 'Operation', summary: 'The clock by which lots close', answers: { 200: ServerTime } })
  time(): ServerTime {
    return { serverTime: toIso(this.clock.now()) };
  }
}
