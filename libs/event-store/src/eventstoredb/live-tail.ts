import type { ResolvedEvent } from '@eventstore/db-client';
import type { Position, RecordedEvent } from '../event-store.js';
import { lastingFault } from '../lasting-fault.js';
import type { Upcast } from '../upcast.js';
import { type Expected, ExpectedEvents } from './expected-events.js';
import { type LiveEvent, LiveEvents } from './live-events.js';
import { outagePause } from './outage-pause.js';
import { decode, positionOf, writerOf } from './recorded-event.js';
import { resubscribing, type SubscriptionSource } from './resubscribing.js';
import { Turns } from './turns.js';

/** How long events of others are waited for: they may have been told, and forgotten, long ago. Milliseconds. */
const OTHERS_WITHIN_MS = 200;

export interface TailSource extends SubscriptionSource {
  readonly upcast: Upcast;
  /** Stands in the metadata of what this process writes. */
  readonly writer: string;
  /** Aborted when the store closes. */
  readonly closing: AbortSignal;
}

/**
 * The end of the store as it grows, told by one subscription for all followers of the process: a follower costs no call, and
 * an event is received and decoded once, however many follow. There is a subscription as long as anybody follows.
 */
export class LiveTail {
  readonly #source: TailSource;
  readonly #expected = new ExpectedEvents();
  readonly #turns: Turns;
  #current: { readonly events: LiveEvents; readonly stop: AbortController; followers: number } | null = null;

  constructor(source: TailSource) {
    this.#source = source;
    this.#turns = new Turns(source.writer);
  }

  /** What is told from now on; `leave` is to be called once. */
  join(): { readonly events: LiveEvents; leave(): void } {
    this.#current ??= this.#begin();
    const current = this.#current;
    current.followers += 1;
    const leave = () => {
      current.followers -= 1;
      if (current.followers > 0) return;
      current.stop.abort();
      if (this.#current === current) this.#current = null;
    };
    return { events: current.events, leave };
  }

  /** Events of a stream from a revision on, contiguous, as far as they were told lately. */
  heardOf(stream: string, fromRevision: number): readonly RecordedEvent[] {
    return this.#current?.events.ofStream(stream, fromRevision) ?? [];
  }

  /** True as soon as the event of a stream at this revision was told; false when it was not in time (milliseconds). */
  async untilHeard(stream: string, revision: number, milliseconds = OTHERS_WITHIN_MS): Promise<boolean> {
    if (this.#current !== null && this.#current.events.toldTo(stream) >= revision) return true;
    return (await this.expect(stream, revision, 1)?.within(milliseconds)) != null;
  }

  /** Resolves when it is this process's turn to write a stream, or those whose turn it was have not come. */
  async turn(stream: string): Promise<void> {
    for (;;) {
      const waitMs = this.#turns.waitMs(stream);
      if (waitMs === 0 || this.#current === null) return;
      const next = this.#current.events.toldTo(stream) + 1;
      if (!(await this.untilHeard(stream, next, waitMs))) return this.#turns.passOver(stream);
    }
  }

  /** An append took so long, milliseconds. */
  took(ms: number): void {
    this.#turns.took(ms);
  }

  /**
   * The events of a stream from `first` on, as they will be told. To be called before they are appended: they may be told
   * before the append is answered. Null when nobody follows.
   */
  expect(stream: string, first: number, count: number): Expected | null {
    return this.#current === null ? null : this.#expected.add(stream, first, count);
  }

  #begin() {
    const events = new LiveEvents();
    const stop = new AbortController();
    void this.#tell(events, AbortSignal.any([stop.signal, this.#source.closing]));
    return { events, stop, followers: 0 };
  }

  /** Never rejects. */
  async #tell(events: LiveEvents, signal: AbortSignal): Promise<void> {
    const after = await this.#end(signal);
    if (after === undefined) return;
    events.begin(after);
    const source: SubscriptionSource = {
      ...this.#source,
      onOutage: (error) => {
        this.#expected.giveUp();
        this.#source.onOutage(error);
      },
    };
    for await (const told of resubscribing(source, after, signal)) {
      const decoded = told.map(this.#decoded);
      for (const each of decoded) {
        if (!('event' in each)) continue;
        this.#expected.told(each.event);
        if (each.writer !== undefined) this.#turns.told(each.event.stream, each.writer);
      }
      events.add(decoded);
    }
  }

  /** Where the store ends; undefined when nobody wants to know any more. */
  async #end(signal: AbortSignal): Promise<Position | null | undefined> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        return await this.#source.head();
      } catch (error) {
        if (!signal.aborted) this.#source.onOutage(error);
        await outagePause(attempt, signal);
      }
    }
    return undefined;
  }

  #decoded = (resolved: ResolvedEvent): LiveEvent => {
    const position = positionOf(resolved);
    const { type = '', data } = resolved.event ?? {};
    const characters = JSON.stringify(data ?? null).length;
    try {
      return { position, type, characters, writer: writerOf(resolved), event: decode(resolved, this.#source.upcast) };
    } catch (error) {
      const fault = lastingFault(error);
      if (fault === undefined) throw error;
      return { position, type, characters, fault };
    }
  };
}
