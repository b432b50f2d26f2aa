import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.js';

/** An answer that took longer is worth a line, milliseconds. */
const SLOW_MS = 1_000;

/** Counts every answer, and logs those that failed or were slow; with the level `debug`, all. */
export function observeRequests(fastify: FastifyInstance, { requests }: Metrics): void {
  // Finding the series of a set of labels costs more than counting in it, and there are few: routes times statuses.
  const series = new Map<string, ReturnType<typeof requests.labels>>();
  fastify.addHook('onResponse', (request, reply, next) => {
    const { method, routeOptions } = request;
    const { statusCode, elapsedTime } = reply;
    // The pattern, not the path: a label must not grow with what callers make up.
    const route = routeOptions.url ?? 'unknown';
    const name = `${method} ${route} ${statusCode}`;
    let found = series.get(name);
    if (found === undefined) {
      found = requests.labels({ method, route, status: String(statusCode) });
      series.set(name, found);
    }
    found.observe(elapsedTime / 1000);
    const level = statusCode >= 500 ? 'error' : elapsedTime > SLOW_MS ? 'warn' : 'debug';
    request.log[level]({ requestId: request.id, method, route, statusCode, ms: Math.round(elapsedTime) }, 'answered');
    next();
  });
}
