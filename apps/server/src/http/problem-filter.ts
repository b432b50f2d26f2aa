import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppendTooLarge, StoreUnavailable } from '#event-store/event-store.js';
import { Contention, Overloaded } from '#event-store/stream-writer/command-context.js';
import { ReadModelUnavailable } from '#read-models/read-model.js';
import type { RecentRefusals } from '../observability/recent-refusals.js';
import { ProblemAnswer, problemBody, unavailable, validationFailed } from './problems.js';
import { fieldErrors } from './validation.js';

/** Answers a browser at an address that there is not; false: it is none. */
export type AnswerStray = (request: FastifyRequest, reply: FastifyReply) => boolean;

/** Turns everything that a route throws into `application/problem+json`. What nobody foresaw is logged, and told as 500. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly refusals: RecentRefusals,
    private readonly answerStray: AnswerStray | null,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    // The page says in words that there is nothing; a browser cannot send the key that it is refused for.
    if (request.is404 && this.answerStray?.(request, reply)) return;
    this.refusals.add(request, sendProblem(reply, request, answerTo(thrown)));
  }
}

export function sendProblem(
  reply: FastifyReply,
  request: FastifyRequest,
  found: ProblemAnswer | Unforeseen,
): ProblemAnswer {
  const answer = found instanceof ProblemAnswer ? found : INTERNAL_ERROR;
  if (!(found instanceof ProblemAnswer))
    request.log.error({ err: found.error, requestId: request.id }, 'request failed');
  if (reply.sent) return answer;
  const seconds = answer.more.retryAfterSeconds;
  if (seconds !== undefined) reply.header('retry-after', String(seconds));
  if (answer.status === 401) reply.header('www-authenticate', 'Bearer realm="gavel"');
  reply.status(answer.status).type('application/problem+json').send(problemBody(answer, request.id));
  return answer;
}

/** The answer to what was thrown where Fastify has no request; `unforeseen` hears of what is told as 500. */
export function problemOf(thrown: unknown, unforeseen: (error: unknown) => void): ProblemAnswer {
  const found = answerTo(thrown);
  if (found instanceof ProblemAnswer) return found;
  unforeseen(found.error);
  return INTERNAL_ERROR;
}

const INTERNAL_ERROR = new ProblemAnswer(500, 'internal-error', 'It is logged.');

interface Unforeseen {
  readonly error: unknown;
}

function answerTo(thrown: unknown): ProblemAnswer | Unforeseen {
  if (thrown instanceof ProblemAnswer) return thrown;
  if (thrown instanceof StoreUnavailable) {
    return unavailable('store-unavailable', 'The event store does not answer. Nothing was acknowledged.');
  }
  if (thrown instanceof AppendTooLarge) {
    const detail = 'The events of this command are more than the event store takes at once. Nothing was stored.';
    return new ProblemAnswer(413, 'append-too-large', detail);
  }
  if (thrown instanceof Contention || thrown instanceof Overloaded) {
    return unavailable('busy', 'Too many commands at once. Nothing was stored.');
  }
  if (thrown instanceof ReadModelUnavailable) return unavailable('read-model-behind', thrown.message);
  if (thrown instanceof HttpException) return ofHttp(thrown.getStatus(), thrown.message);
  if (isFastifyError(thrown)) return ofFastify(thrown);
  return { error: thrown };
}

const isFastifyError = (thrown: unknown): thrown is FastifyError =>
  thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number';

/** What Fastify found wrong before a route was reached. */
function ofFastify(error: FastifyError): ProblemAnswer | Unforeseen {
  if (error.validation !== undefined) {
    return validationFailed(fieldErrors(error.validation, error.validationContext));
  }
  const status = error.statusCode ?? 500;
  return status >= 500 ? { error } : ofHttp(status, error.message);
}

const byStatus: Record<number, readonly [code: string, detail: string]> = {
  404: ['not-found', 'There is nothing at this address.'],
  405: ['method-not-allowed', 'The address knows no such method.'],
  413: ['body-too-large', 'The body is larger than a command can be.'],
  415: ['unsupported-media-type', 'Send application/json.'],
};

function ofHttp(status: number, message: string): ProblemAnswer {
  // The rest of a 400 that no schema found: a body that is no JSON.
  if (status === 400) return validationFailed([{ field: 'body', message }]);
  const [code, detail] = byStatus[status] ?? ['request-failed', undefined];
  return new ProblemAnswer(status, code, detail);
}
