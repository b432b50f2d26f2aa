import type { FastifyRequest } from 'fastify';
import type { RefusedRequest } from '#contracts/http/refusals.js';
import { toIso } from '#contracts/time.js';
import type { Clock } from '#platform/clock.js';
import { actorOf } from '../auth/principal.js';

const KEPT = 200;

/** The newest answers that were a problem, for whoever runs the server; bounded, and gone with the process. */
export class RecentRefusals {
  private readonly kept: RefusedRequest[] = [];

  constructor(private readonly clock: Clock) {}

  add(request: FastifyRequest, problem: { status: number; code: string; detail?: string | undefined }): void {
    this.kept.push({
      at: toIso(this.clock.now()),
      status: problem.status,
      code: problem.code,
      detail: problem.detail ?? null,
      method: request.method,
      route: request.routeOptions.url ?? null,
      actor: request.principal === null ? null : actorOf(request.principal),
      requestId: request.id,
    });
    if (this.kept.length > KEPT) this.kept.shift();
  }

  newestFirst(): RefusedRequest[] {
    return this.kept.toReversed();
  }
}
