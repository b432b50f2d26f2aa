import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { problemBody, refusalAnswer } from '../http/problems.js';
import type { Metrics } from '../observability/metrics.js';
import type { SoldOutLots } from './sold-out-lots.js';

const PURCHASES = '/api/lots/:lotId/purchases';
/** As Fastify would write it, which looks for the charset first. */
const PROBLEM = 'application/problem+json; charset=utf-8';

/**
 * Answers whoever comes for a lot that is sold out before anything else is done for them: they are many, and all at once. Behind
 * authentication and the checks of the request. To be called before the routes are registered.
 */
export function refuseSoldOut(fastify: FastifyInstance, soldOut: SoldOutLots, { reservations }: Metrics): void {
  const refusals = reservations.labels({ outcome: 'sold-out' });
  const answer = refusalAnswer({ code: 'sold-out' });
  // The same for everybody but for the id of the request, whose characters need no escaping.
  const [before, after] = JSON.stringify(problemBody(answer, '@')).split('@') as [string, string];
  fastify.addHook('onRoute', (route: RouteOptions) => {
    if (route.url !== PURCHASES || route.method !== 'POST') return;
    route.preHandler = (request, reply, next) => {
      if (!isUnconditional(request) || !soldOut.has((request.params as { lotId: string }).lotId)) {
        next();
        return;
      }
      refusals.inc();
      reply.status(answer.status).header('content-type', PROBLEM).send(`${before}${request.id}${after}`);
    };
  });
}

/** Under a key the purchase may be one that was made before; under If-Match the revision comes first: the stream answers both. */
const isUnconditional = ({ headers }: FastifyRequest): boolean =>
  headers['idempotency-key'] === undefined && headers['if-match'] === undefined;
