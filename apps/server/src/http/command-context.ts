import { createHmac, hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import stringify from 'safe-stable-stringify';

import { assertNever } from '#contracts/assert-never.js';
import { derivedId } from '#event-store/event-id.js';
import type { CommandContext, Outcome } from '#event-store/stream-writer/command-context.js';
import { uuidV7 } from '#platform/uuid.js';
import { actorOf, type Principal } from '../auth/principal.js';
import { revisionsIn } from './etag.js';
import { keyReused, refusalAnswer, stale } from './problems.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Behind the ids of commands under an `Idempotency-Key`. */
    commandKey: string;
  }
}

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller, as the credential says; routes that are not public always have one. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Error('a public route has no principal');
  return request.principal;
}

/**
 * What the headers of a request say of its command. Under an `Idempotency-Key` the command's id follows from the caller and the
 * key, so that a repeat is the same command.
 */
export function commandContext(request: FastifyRequest): CommandContext {
  const actor = actorOf(principalOf(request));
  const key = header(request, 'idempotency-key');
  const traceparent = header(request, 'traceparent');
  const ifMatch = header(request, 'if-match');
  const expected = ifMatch === undefined ? undefined : revisionsIn(ifMatch);
  return {
    commandId: key === undefined ? uuidV7() : repeatableId(request, actor, key),
    correlationId: request.id,
    causationId: request.id,
    actor,
    ...(key !== undefined && { requestDigest: digestOf(request) }),
    ...(traceparent !== undefined && TRACEPARENT.test(traceparent) && { traceparent }),
    ...(expected !== undefined && { expectedRevisions: expected }),
  };
}

/**
 * Of the resource too: the id of what a command makes must be unique over all of them. Under a key that never leaves: these ids are public
 * (a bid's, an event's), and of whoever calls his keys `1` and `2` a plain digest would tell the name behind an alias.
 */
function repeatableId(request: FastifyRequest, actor: string, key: string): string {
  const mac = createHmac('sha256', request.server.commandKey).update(`${actor}/${resourceOf(request)}/${key}`);
  return derivedId('idempotency-key', mac.digest('base64url'));
}

/** The id in the path of the route; nothing where the command makes the resource. */
const resourceOf = ({ params }: FastifyRequest): string => String(Object.values((params ?? {}) as object)[0] ?? '');

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** Stored with events: what it is of a body never changes. */
function digestOf({ method, url, body }: FastifyRequest): string {
  const text = stringify(body ?? null);
  // Where a command has nothing to say, no body and an empty object are the same request.
  return hash('sha256', `${method} ${url} ${text === '{}' ? 'null' : text}`, 'base64');
}

type Done<State, Event> = Extract<Outcome<State, Event>, { kind: 'accepted' | 'unchanged' }>;

/** The outcome of a command that came through; throws the answer to one that did not. */
export function done<State extends { readonly phase: string }, Event>(
  outcome: Outcome<State, Event>,
): Done<State, Event> {
  switch (outcome.kind) {
    case 'accepted':
    case 'unchanged':
      return outcome;
    case 'refused':
      throw refusalAnswer(outcome.refusal, outcome.state?.phase);
    case 'stale':
      throw stale(outcome.actual);
    case 'key-reused':
      throw keyReused();
    default:
      return assertNever(outcome);
  }
}
