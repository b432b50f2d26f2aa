import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Refusal, RefusalCode } from '#auction/refusal.js';
import type { Problem } from '#contracts/http/problem.js';

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/**
 * An answer other than success, thrown by a route and rendered by ProblemFilter. Not an Error: nothing is broken, and a stack
 * trace for each refused bid would cost more than the bid.
 */
export class ProblemAnswer {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail?: string,
    readonly more: { errors?: readonly FieldError[]; retryAfterSeconds?: number; [member: string]: unknown } = {},
  ) {}
}

/** The one table from refusals to HTTP. */
const refusals: Record<RefusalCode, readonly [status: number, detail: string]> = {
  'auction-not-found': [404, 'There is no such auction.'],
  'auction-not-started': [409, 'The auction has not started.'],
  'auction-ended': [409, 'The auction is ending or has ended.'],
  'auction-cancelled': [409, 'The auction was cancelled.'],
  'auction-full': [409, 'The auction has as many lots as it can take.'],
  'time-passed': [400, 'must lie in the future'],
  'lot-not-found': [404, 'There is no such lot.'],
  'lot-not-open': [409, 'The lot is not open.'],
  'lot-closed': [409, 'The lot is closed.'],
  'lot-not-due': [409, 'The lot has not reached its end.'],
  'bidding-not-offered': [409, 'The lot is sold at a fixed price only.'],
  'buy-now-not-offered': [409, 'The lot cannot be bought at a fixed price.'],
  'buy-now-ended': [409, 'Bidding has gone too far to buy the lot now.'],
  'sold-out': [409, 'Every unit is sold.'],
  'insufficient-stock': [409, 'Fewer units are left than were asked for.'],
  'purchase-limit-exceeded': [409, 'More units than one buyer may buy.'],
  'no-reserve': [409, 'The lot has no reserve.'],
  'reserve-already-met': [409, 'The reserve is met.'],
  'reserve-not-lowered': [409, 'A reserve can only be lowered.'],
  'vehicle-already-listed': [409, 'The vehicle stands in another lot that is not settled.'],
  'key-not-found': [404, 'There is no such key.'],
  'webhook-not-found': [404, 'There is no such webhook.'],
};

/**
 * The answer to a refused command; what the refusal carries becomes members of the problem. A conflict tells the `state` of the resource
 * that it was refused on, where that is known: who lost a race learns what was won.
 */
export function refusalAnswer(refusal: Refusal, state?: string): ProblemAnswer {
  const [status, detail] = refusals[refusal.code];
  if (refusal.code === 'time-passed') return validationFailed([{ field: refusal.field, message: detail }]);
  const { code, ...more } = refusal;
  return new ProblemAnswer(status, code, detail, { ...more, ...(status === 409 && state !== undefined && { state }) });
}

export const validationFailed = (errors: readonly FieldError[]): ProblemAnswer =>
  new ProblemAnswer(400, 'validation-failed', errors.map((e) => `${e.field}: ${e.message}`).join('; '), { errors });

export const notFound = (what: string): ProblemAnswer =>
  new ProblemAnswer(404, `${what}-not-found`, `There is no such ${what}.`);

/** Temporarily impossible; nothing was stored. */
export const unavailable = (code: string, detail: string, retryAfterSeconds = 1): ProblemAnswer =>
  new ProblemAnswer(503, code, detail, { retryAfterSeconds });

/** The JSON body of a problem. */
export function problemBody(answer: ProblemAnswer, requestId: string = randomUUID()): Problem {
  const { status, code, detail, more } = answer;
  const { retryAfterSeconds: _, ...members } = more;
  return {
    type: `urn:gavel:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    ...(detail !== undefined && { detail }),
    ...members,
    requestId,
  } as Problem;
}

export const stale = (revision: number): ProblemAnswer =>
  new ProblemAnswer(412, 'stale', 'The resource has changed since.', { revision });

export const keyReused = (): ProblemAnswer =>
  new ProblemAnswer(422, 'idempotency-key-reused', 'The key was used for another request.');
