import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.js';

/** An answer that took longer is worth a line, unless its route waits by design; milliseconds. */
const SLOW_MS = 1_000;

/** Counts every answer, and logs those that failed or were slow; with the level `debug`, all. */
export function observeRequests(
  fastify: FastifyInstance,
  { requests }: Metrics,
  { debugs }: { debugs: boolean },
): void {
  // Finding the series of a set of labels costs more than counting in it, and there are few: routes times statuses.
  const series = new WeakMap<object, Map<number, ReturnType<typeof requests.labels>>>();
  fastify.addHook('onResponse', (request, reply, next) => {
    const { method, routeOptions } = request;
    const { statusCode, elapsedTime } = reply;
    // The pattern, not the path: a label must not grow with what callers make up.
    const route = routeOptions.url ?? 'unknown';
    let ofRoute = series.get(routeOptions.config);
    if (ofRoute === undefined) {
      ofRoute = new Map();
      series.set(routeOptions.config, ofRoute);
    }
    let found = ofRoute.get(statusCode);
    if (found === undefined) {
      found = requests.labels({ method, route, status: String(statusCode) });
      ofRoute.set(statusCode, found);
    }
    found.observe(elapsedTime / 1000);
    const slow = elapsedTime > SLOW_MS && routeOptions.config.waits !== true;
    const level = statusCode >= 500 ? 'error' : slow ? 'warn' : 'debug';
    if (level !== 'debug' || debugs)
      request.log[level]({ requestId: request.id, method, route, statusCode, ms: Math.round(elapsedTime) }, 'answered');
    next();
  });
}
