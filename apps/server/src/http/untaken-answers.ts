import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../auth/principal.js';
import { callerAddress } from './caller-address.js';

/** A smaller answer fits into the buffers of the system, and costs this process nothing however slowly it is taken. Characters. */
const LARGE = 16 * 1024;

export interface Patience {
  /** For how long an answer may be under way, milliseconds. */
  readonly takenWithinMs: number;
  /** Of all answers of one caller that are under way together. Characters. */
  readonly mostOfCaller: number;
}

const PATIENCE: Patience = { takenWithinMs: 60_000, mostOfCaller: 64 * 1_048_576 };

interface Untaken {
  readonly size: number;
  cut(): void;
}

/**
 * Cuts off who takes answers too slowly: each of them stays in memory until the last byte is taken, and a sip now and then keeps the
 * connection from being idle. Answers that fit into the buffers of the system cost nothing here; streams that take their connection over
 * are no answers, and files are read as they are taken.
 */
export function cutSlowReaders(fastify: FastifyInstance, patience: Patience = PATIENCE): void {
  const untakenOf = new Map<string, Set<Untaken>>();
  fastify.addHook('onSend', (request, { raw }, payload, next) => {
    if (typeof payload === 'string' && payload.length > LARGE && !raw.destroyed) {
      watch(untakenOf, patience, { who: whoAsks(request), raw, size: payload.length });
    }
    next();
  });
}

interface Answer {
  readonly who: string;
  readonly raw: FastifyReply['raw'];
  readonly size: number;
}

function watch(untakenOf: Map<string, Set<Untaken>>, patience: Patience, { who, raw, size }: Answer): void {
  const untaken = untakenOf.get(who) ?? new Set();
  const late = setTimeout(() => raw.destroy(), patience.takenWithinMs).unref();
  const own: Untaken = { size, cut: () => raw.destroy() };
  untakenOf.set(who, untaken.add(own));
  raw.once('close', () => {
    clearTimeout(late);
    untaken.delete(own);
    if (untaken.size === 0 && untakenOf.get(who) === untaken) untakenOf.delete(who);
  });
  let total = 0;
  for (const answer of untaken) total += answer.size;
  // The oldest goes first: whoever takes what it asked for has none that is old.
  for (const answer of untaken) {
    if (total <= patience.mostOfCaller || answer === own) return;
    total -= answer.size;
    untaken.delete(answer);
    answer.cut();
  }
}

const whoAsks = ({ principal, ip }: FastifyRequest): string =>
  principal === null ? `address:${callerAddress(ip)}` : actorOf(principal);
