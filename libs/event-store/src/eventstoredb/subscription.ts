import {
  type AllStreamSubscription,
  type EventStoreDBClient,
  type ResolvedEvent,
  streamNameFilter,
} from '@eventstore/db-client';
import { Bell } from '../bell.js';
import type { Position } from '../event-store.js';

const BATCH_EVENTS = 500;
/** Events that the server looks at before it tells how far it is, where the filter lets none through. */
const WINDOW_EVENTS = 500;

/** One subscription to all streams, from its begin to its first error. It does not come back by itself: see follow.ts. */
export class Subscription {
  /** Up to here the server has sent, and the reader has taken, everything. */
  reached: Position | null;
  /** In milliseconds of `performance.now`: when the server was last heard. */
  heardAt = performance.now();
  readonly #bell: Bell;
  readonly #subscription: AllStreamSubscription;
  #error: Error | undefined;
  #isTelling = false;

  /** `bell` rings whenever there is something to take. */
  constructor(client: EventStoreDBClient, after: Position | null, bell: Bell) {
    this.reached = after;
    this.#bell = bell;
    this.#subscription = client.subscribeToAll(
      {
        // Excluded. Both positions are the same: see positionOf.
        fromPosition: after === null ? 'start' : { commit: BigInt(after), prepare: BigInt(after) },
        // Without the server's own streams.
        filter: streamNameFilter({
          regex: '^[^$]',
          checkpointInterval: 1,
          maxSearchWindow: WINDOW_EVENTS,
          checkpointReached: this.#progressed,
        }),
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

  /** Must not throw: that would stop the subscription without a word. */
  #progressed = async (subscription: AllStreamSubscription, { commit }: { commit: bigint }): Promise<void> => {
    this.#heard();
    // What was sent before may still wait to be taken.
    if (subscription.readableLength === 0) this.reached = commit.toString();
  };
}
