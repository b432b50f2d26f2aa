import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client';
import { Bell } from '../bell.js';
import { comparePositions, type Position } from '../event-store.js';
import { outagePause } from './outage-pause.js';
import { isOwn, positionOf } from './recorded-event.js';
import { Subscription } from './subscription.js';

export interface SubscriptionSource {
  readonly client: EventStoreDBClient;
  /** A subscription that tells nothing for so long is looked at, milliseconds. */
  readonly silenceMs: number;
  /** The position of the last own event. Rejects during an outage. */
  head(): Promise<Position | null>;
  /** A subscription broke and is taken up again. */
  onOutage(error: unknown): void;
}

/**
 * Every own event behind `after`, in commit order, over any number of subscriptions: each goes on where the one before was broken
 * off. Ends when `signal` is aborted.
 */
export async function* resubscribing(
  source: SubscriptionSource,
  after: Position | null,
  signal: AbortSignal,
): AsyncGenerator<readonly ResolvedEvent[]> {
  const bell = new Bell();
  let reached = after;
  let attempt = 0;
  signal.addEventListener('abort', bell.ring);
  try {
    while (!signal.aborted) {
      const subscription = new Subscription(source.client, reached, bell);
      try {
        for (;;) {
          await heard(subscription, reached, source, bell);
          if (signal.aborted) return;
          const events = fresh(subscription.take(), reached);
          if (events.length === 0) continue;
          reached = positionOf(events.at(-1) as ResolvedEvent);
          attempt = 0;
          const own = events.filter(isOwn);
          if (own.length > 0) yield own;
          if (signal.aborted) return;
        }
      } catch (error) {
        source.onOutage(error);
      } finally {
        subscription.end();
      }
      attempt += 1;
      await outagePause(attempt, signal);
    }
  } finally {
    signal.removeEventListener('abort', bell.ring);
  }
}

/** Of a new subscription nothing comes twice, and if it did it would be dropped here. */
function fresh(events: readonly ResolvedEvent[], reached: Position | null): readonly ResolvedEvent[] {
  const [first] = events;
  if (first === undefined || isBehind(first, reached)) return events;
  return events.filter((event) => isBehind(event, reached));
}

const isBehind = (event: ResolvedEvent, reached: Position | null): boolean => isLater(positionOf(event), reached);

const isLater = (position: Position | null, reached: Position | null): boolean =>
  position !== null && (reached === null || comparePositions(position, reached) > 0);

/** Waits for the bell. Throws when the subscription has gone deaf: silent, although there is something to tell. */
async function heard(
  subscription: Subscription,
  reached: Position | null,
  { silenceMs, head }: SubscriptionSource,
  bell: Bell,
): Promise<void> {
  const watchdog = setTimeout(bell.ring, silenceMs);
  await bell.wait();
  clearTimeout(watchdog);
  const isSilent = () => performance.now() - subscription.heardAt >= silenceMs;
  if (!isSilent()) return;
  // What was written a moment ago may have been told meanwhile.
  if (isLater(await head(), reached) && isSilent()) throw new Error('the subscription told nothing of new events');
  subscription.heardAt = performance.now();
}
