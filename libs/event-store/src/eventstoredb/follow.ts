import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client';
import { Bell } from '../bell.js';
import { comparePositions, type FollowOptions, type Position, type RecordedEvent } from '../event-store.js';
import type { Upcast } from '../upcast.js';
import { lastingFault } from './failures.js';
import { decode, isOwn, positionOf } from './recorded-event.js';
import { Subscription } from './subscription.js';

const BACKOFF_MS = 50;
const BACKOFF_CAP_MS = 5_000;

export interface FollowSource {
  readonly client: EventStoreDBClient;
  readonly upcast: Upcast;
  /** Aborted when the store closes. */
  readonly closing: AbortSignal;
  /** A subscription that tells nothing for so long is looked at, milliseconds. */
  readonly silenceMs: number;
  /** Whether anything is stored behind the position that a subscription should have told. Rejects during an outage. */
  isBehind(position: Position | null, types: readonly string[] | undefined): Promise<boolean>;
  /** A subscription broke and is taken up again. */
  onOutage(error: unknown): void;
}

/**
 * Every event behind `after`, in commit order, over any number of subscriptions: each goes on where the one before was broken
 * off. Throws StoreUnusable for events that this program cannot read: that no waiting heals.
 */
export async function* follow(
  source: FollowSource,
  { after, signal, types }: FollowOptions,
): AsyncGenerator<readonly RecordedEvent[]> {
  const { client, upcast, closing, onOutage } = source;
  const bell = new Bell();
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort();
    bell.ring();
  };
  const stopped = () => stopping.signal.aborted;
  let reached = after;
  let attempt = 0;
  if (signal.aborted || closing.aborted) stop();
  signal.addEventListener('abort', stop);
  closing.addEventListener('abort', stop);
  try {
    while (!stopped()) {
      const subscription = new Subscription(client, { after: reached, types }, bell);
      try {
        for (;;) {
          await heard(subscription, source, types, bell);
          if (stopped()) return;
          const events = fresh(subscription.take(), subscription.reached);
          if (events.length === 0) continue;
          subscription.reached = positionOf(events.at(-1) as ResolvedEvent);
          attempt = 0;
          const own = events.filter(isOwn).map((event) => decode(event, upcast));
          if (own.length > 0) yield own;
          if (stopped()) return;
        }
      } catch (error) {
        const fault = lastingFault(error);
        if (fault !== undefined) throw fault;
        onOutage(error);
      } finally {
        reached = subscription.reached;
        subscription.end();
      }
      attempt += 1;
      await pause(attempt, stopping.signal);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    closing.removeEventListener('abort', stop);
  }
}

/** Of a new subscription nothing comes twice, and if it did it would be dropped here. */
function fresh(events: readonly ResolvedEvent[], reached: Position | null): readonly ResolvedEvent[] {
  const [first] = events;
  if (first === undefined || reached === null || comparePositions(positionOf(first), reached) > 0) return events;
  return events.filter((event) => comparePositions(positionOf(event), reached) > 0);
}

/** Waits for the bell. Throws when the subscription has gone deaf: silent, although there is something to tell. */
async function heard(
  subscription: Subscription,
  { silenceMs, isBehind }: FollowSource,
  types: readonly string[] | undefined,
  bell: Bell,
): Promise<void> {
  const watchdog = setTimeout(bell.ring, silenceMs);
  await bell.wait();
  clearTimeout(watchdog);
  if (performance.now() - subscription.heardAt < silenceMs) return;
  if (await isBehind(subscription.reached, types)) throw new Error('the subscription told nothing of new events');
  subscription.heardAt = performance.now();
}

/** Exponential, capped, with jitter, so that the followers of all instances do not come back in one moment. */
async function pause(attempt: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(BACKOFF_CAP_MS, BACKOFF_MS * 2 ** (attempt - 1));
  await sleep((0.5 + Math.random() / 2) * longest, undefined, { signal }).catch(() => undefined);
}
