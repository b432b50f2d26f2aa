import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from './metrics.js';
import type { Series } from './series-histogram.js';

/** An answer that took longer is worth a line, unless its route waits by design; milliseconds. */
const SLOW_MS = 1_000;
/** The route of an address that none has. */
const UNKNOWN = 'unknown';

declare module 'fastify' {
  interface FastifyRequest {
    /** When it came, on the clock of `performance`. */
    cameAt: number;
  }
}

/**
 * Counts every answer when it is handed to the connection, and logs those that failed or were slow; with the level `debug`, all. To be
 * registered before whatever answers. Not by `onResponse`, for which Fastify listens to the end of every answer. A stream that takes its
 * connection over is no answer.
 */
export function observeRequests(
  fastify: FastifyInstance,
  { requests }: Metrics,
  { debugs }: { debugs: boolean },
): void {
  // There are few: routes times statuses.
  const known = new WeakMap<object, Map<number, Series>>();
  const seriesOf = ({ method, routeOptions: { url, config } }: FastifyRequest, statusCode: number): Series => {
    // The pattern, not the path: a label must not grow with what callers make up.
    const labels = { method, route: url ?? UNKNOWN, status: String(statusCode) };
    // Where there is no route, any method may come.
    if (url === undefined) return requests.series(labels);
    const ofRoute = known.get(config) ?? new Map<number, Series>();
    known.set(config, ofRoute.set(statusCode, requests.series(labels)));
    return ofRoute.get(statusCode) as Series;
  };
  fastify.decorateRequest('cameAt', 0);
  fastify.addHook('onRequest', (request, _, next) => {
    request.cameAt = performance.now();
    next();
  });
  fastify.addHook('onSend', (request, { statusCode }, _, next) => {
    const { method, routeOptions } = request;
    const ms = performance.now() - request.cameAt;
    const series = known.get(routeOptions.config)?.get(statusCode) ?? seriesOf(request, statusCode);
    series.observe(ms / 1000);
    const slow = ms > SLOW_MS && routeOptions.config.waits !== true;
    const level = statusCode >= 500 ? 'error' : slow ? 'warn' : 'debug';
    if (level !== 'debug' || debugs)
      request.log[level](
        { requestId: request.id, method, route: routeOptions.url ?? UNKNOWN, statusCode, ms: Math.round(ms) },
        'answered',
      );
    next();
  });
}
