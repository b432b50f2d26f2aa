import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import type { Subscription } from '#contracts/push/client-messages.js';
import { StreamQuery } from '#contracts/push/stream-query.js';
import { Authentication, credentialOf } from '../auth/authenticate.js';
import type { Principal } from '../auth/principal.js';
import { principalOf } from '../http/command-context.js';
import { ProblemAnswer, validationFailed } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { notShared, securityHeaders } from '../http/security-headers.js';
import { EventStreamConnection } from './event-stream-connection.js';
import { Push } from './push.js';

const route = { query: StreamQuery };
const POSITION = /^(0|[1-9][0-9]{0,19})$/;
const LAST_EVENT_ID = 'header.last-event-id';
const EventStream = {
  description: 'Server-sent events: the messages of docs/push.md',
  content: { 'text/event-stream': { schema: Type.String() } },
};

/** The push for plain HTTP clients. */
@Controller()
export class StreamController {
  constructor(
    private readonly push: Push,
    private readonly authentication: Authentication,
  ) {}

  @Get('api/stream')
  @Route({
    ...route,
    access: 'any',
    waits: true,
    tag: 'Push',
    summary: 'What happens to lots and auctions, as server-sent events; `Last-Event-ID` counts as `after`',
    answers: { 200: EventStream },
    problems: [404],
  })
  async stream(@Req() request: RouteRequest<typeof route>, @Res() reply: FastifyReply): Promise<void> {
    const subscription = subscriptionOf(request);
    const principal = principalOf(request);
    const { raw } = reply;
    const afterField = request.headers['last-event-id'] === undefined ? 'query.after' : LAST_EVENT_ID;
    this.refuseBeyondLimits(principal);
    await this.push.streamGate.admit({ principal, subscription, afterField, isGone: () => raw.destroyed });
    // Others may have come meanwhile.
    this.refuseBeyondLimits(principal);
    reply.hijack();
    // The client went while it was asked who it is or what there is: its `close` has been, and nobody would take it out again.
    if (raw.destroyed) return;
    raw.socket?.setTimeout(0);
    raw.writeHead(200, {
      ...securityHeaders(request.url),
      ...notShared,
      'x-request-id': request.id,
      'content-type': 'text/event-stream; charset=utf-8',
      // A proxy in between must hand on each message at once.
      'x-accel-buffering': 'no',
    });
    if (request.method === 'HEAD') {
      raw.end();
      return;
    }
    const credential = credentialOf(request);
    const isStillValid = async () => (await this.authentication.identifyBy(credential)) !== null;
    const client = this.push.add({ principal, connection: new EventStreamConnection(raw), isStillValid });
    raw.once('close', () => this.push.remove(client));
    raw.on('error', () => raw.destroy());
    await this.push.subscribe(client, subscription).catch((err: unknown) => {
      request.log.error({ err, requestId: request.id }, 'a stream failed');
      raw.destroy();
    });
  }

  private refuseBeyondLimits(principal: Principal): void {
    const refusal = this.push.refusal(principal);
    if (refusal === 'too-many-connections') throw new ProblemAnswer(429, refusal, 'Close another connection first.');
    if (refusal !== null) {
      throw new ProblemAnswer(503, refusal, 'No further connection can be taken.', { retryAfterSeconds: 5 });
    }
  }
}

function subscriptionOf({ query, headers }: RouteRequest<typeof route>): Subscription {
  const { lots, auctions, all, after } = query;
  const last = headers['last-event-id'];
  if (last !== undefined && !(typeof last === 'string' && POSITION.test(last))) {
    throw validationFailed([{ field: LAST_EVENT_ID, message: 'is not a position' }]);
  }
  const from = last ?? after;
  if (lots === undefined && auctions === undefined && all !== true) {
    throw validationFailed([{ field: 'query', message: 'must have lots, auctions or all' }]);
  }
  return {
    ...(lots !== undefined && { lots: lots.split(',') }),
    ...(auctions !== undefined && { auctions: auctions.split(',') }),
    ...(all === true && { all }),
    ...(from !== undefined && { after: from }),
  };
}
