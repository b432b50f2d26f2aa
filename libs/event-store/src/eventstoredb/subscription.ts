import {
  type AllStreamSubscription,
  type EventStoreDBClient,
  type ResolvedEvent,
  streamNameFilter,
} from '@eventstore/db-client';
import { Bell } from '../bell.js';
import type { Position } from '../event-store.js';

const BATCH_EVENTS = 500;
/** Events that the server looks at between two checkpoints. */
const WINDOW_EVENTS = 500;

/** One subscription to all streams, from its begin to its first error. It does not come back by itself: see resubscribing.ts. */
export class Subscription {
  /** In milliseconds of `performance.now`: when the server was last heard. */
  heardAt = performance.now();
  readonly #bell: Bell;
  readonly #subscription: AllStreamSubscription;
  #error: Error | undefined;
  #isTelling = false;

  /** `bell` rings whenever there is something to take. */
  constructor(client: EventStoreDBClient, after: Position | null, bell: Bell) {
    this.#bell = bell;
    this.#subscription = client.subscribeToAll(
      {
        // Excluded. Both positions are the same: see positionOf.
        fromPosition: after === null ? 'start' : { commit: BigInt(after), prepare: BigInt(after) },
        // Without the server's own streams. Nobody listens to the checkpoints: servers have sent some that lie behind events still to
        // come, and even the largest number there is (24.10.0 to 24.10.4, 25.0.0). What was seen, the events themselves tell.
        filter: streamNameFilter({ regex: '^[^$]', maxSearchWindow: WINDOW_EVENTS }),
        requiresLeader: true,
      },
      { highWaterMark: BATCH_EVENTS },
    );
    const ended = (error?: Error) => {
      this.#error ??= error ?? new Error('the event store has ended the subscription');
      bell.ring();
    };
    this.#subscription.on('confirmation', () => this.#heard());
    this.#subscription.on('readable', this.#readable);
    this.#subscription.on('error', ended);
    this.#subscription.on('end', () => ended());
  }

  /** What has come, perhaps nothing. Throws once all was taken that came before the subscription broke. */
  take(): ResolvedEvent[] {
    const events: ResolvedEvent[] = [];
    while (events.length < BATCH_EVENTS) {
      const event = this.#subscription.read() as ResolvedEvent | null;
      if (event === null) break;
      events.push(event);
    }
    if (events.length === 0 && this.#error !== undefined) throw this.#error;
    // There may be more.
    if (events.length > 0) this.#bell.ring();
    return events;
  }

  /** Lets go of the call; whatever goes wrong with it from now on concerns nobody. */
  end(): void {
    this.#subscription.unsubscribe().catch(() => undefined);
  }

  /** Behind all that came with the same input: handled together it costs less. */
  #readable = (): void => {
    if (this.#isTelling) return;
    this.#isTelling = true;
    setImmediate(() => {
      this.#isTelling = false;
      this.#heard();
      this.#bell.ring();
    });
  };

  #heard(): void {
    this.heardAt = performance.now();
  }
}
