import { setImmediate } from 'node:timers/promises';
import type { EpochMs } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';
import { actorOf, type Principal } from '../auth/principal.js';
import { ProblemAnswer, unavailable, validationFailed } from '../http/problems.js';
import type { Metrics } from '../observability/metrics.js';
import { type Cursors, digestOf, type Place } from './cursor.js';
import type { PublicEntry, PublicLog } from './public-log.js';
import type { TimeIndex } from './time-index.js';

/** Events that one request looks through at most: who sees few of them gets an empty page and goes on from its cursor. */
const MAX_SCANNED = 20_000;
/** Of one answer. Characters. */
const MAX_ANSWER = 8 * 1_048_576;
/** Written as JSON in one turn of the event loop. */
const EVENTS_A_TURN = 200;
const SEARCH_PAGE = 500;
const MAX_WAITING = 1_000;
const MAX_WAITING_OF_ONE = 20;

export interface FeedRequest {
  readonly after: string | undefined;
  readonly since: EpochMs | undefined;
  readonly limit: number;
  /** For how long an empty page waits for an event, milliseconds. */
  readonly waitMs: number;
  readonly principal: Principal;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
}

/** The public events in pages, straight from the store, in the order of Kafka. */
export class Feed {
  private readonly waiting = new Map<string, number>();
  private readonly closing = new AbortController();

  constructor(
    private readonly log: PublicLog,
    private readonly times: () => TimeIndex,
    private readonly cursors: Cursors,
    private readonly metrics: Metrics,
  ) {}

  get waitingRequests(): number {
    let count = 0;
    for (const of of this.waiting.values()) count += of;
    return count;
  }

  /** `{events, nextCursor, atEnd}` as JSON. Throws ProblemAnswer 400, 410, 429, 503; rejects with StoreUnavailable. */
  async page(request: FeedRequest): Promise<string> {
    const { limit, principal, signal } = request;
    const deadline = performance.now() + request.waitMs;
    let place = await this.placeOf(request.after, request.since, 'query.after');
    for (let scanned = 0; ; ) {
      const page = await this.log.page(this.positionIn(place), limit);
      scanned += page.entries.length;
      const { texts, last } = await this.write(page.entries, place, principal);
      place = placeBehind(last, texts.length > 0 ? null : place.since) ?? place;
      const atEnd = page.end && last === page.entries.at(-1);
      const waited = request.waitMs === 0 || performance.now() >= deadline || this.closing.signal.aborted;
      if (texts.length > 0 || scanned >= MAX_SCANNED || (atEnd && waited) || signal.aborted) {
        this.metrics.feedEvents.inc(texts.length);
        return `{"events":[${texts.join(',')}],"nextCursor":"${this.cursors.encode(place)}","atEnd":${atEnd}}`;
      }
      if (atEnd) await this.nextEvent(place, deadline - performance.now(), request);
    }
  }

  /** Where a cursor or a time stands. Throws ProblemAnswer 400 and 410. */
  async placeOf(after: string | undefined, since: EpochMs | undefined, field: string): Promise<Place> {
    if (after === undefined) {
      return { position: null, digest: null, since: since ?? null };
    }
    const place = this.cursors.decode(after);
    if (place === null) throw validationFailed([{ field, message: 'is no cursor of this server' }]);
    if (await this.isGone(place)) {
      // Going on would leave a gap: what the events behind it are now is not what they were.
      throw new ProblemAnswer(410, 'cursor-expired', 'The event store was set back behind this cursor: begin again.');
    }
    return place;
  }

  /** The position right before the first event of a place, also where a time names it. Throws as `placeOf`. */
  async positionOf(after: string | undefined, since: EpochMs | undefined, field: string): Promise<Position | null> {
    const place = await this.placeOf(after, since, field);
    const { position, since: time } = place;
    if (time === null) return position;
    for (let last = this.positionIn(place); ; ) {
      const page = await this.log.page(last, SEARCH_PAGE);
      for (const entry of page.entries) {
        if (entry.recordedAt >= time) return last;
        last = entry.position;
      }
      if (page.end) return page.until;
    }
  }

  /** Whether the store was set back to a state without the event of a cursor. */
  private async isGone({ position, digest }: Place): Promise<boolean> {
    if (position === null) return false;
    if (digest === null) return this.log.isAhead(position);
    return !(await this.log.has(position, (eventId) => digestOf(eventId) === digest));
  }

  /** Where to read on: a place that names a time alone is looked up anew each time, for its position would have no event to know it by. */
  private positionIn({ position, since }: Place): Position | null {
    return position === null && since !== null ? this.times().before(since) : position;
  }

  /** Ends every wait. */
  close(): void {
    this.closing.abort();
  }

  /** What the caller may see; `last`: the last event that was looked at, before the end of the page when the answer is full. */
  private async write(entries: readonly PublicEntry[], { since }: Place, { auctionIds }: Principal) {
    const texts: string[] = [];
    const scope = auctionIds == null ? null : new Set(auctionIds);
    let characters = 0;
    let passing = since;
    for (const [i, entry] of entries.entries()) {
      if (passing !== null && entry.recordedAt < passing) continue;
      passing = null;
      if (scope !== null && !scope.has(entry.auctionId)) continue;
      texts.push(entry.json);
      characters += entry.json.length;
      if (characters >= MAX_ANSWER && i < entries.length - 1) return { texts, last: entry };
      if (texts.length % EVENTS_A_TURN === 0) await setImmediate();
    }
    return { texts, last: entries.at(-1) };
  }

  private async nextEvent(place: Place, milliseconds: number, request: FeedRequest): Promise<void> {
    const who = actorOf(request.principal);
    const own = this.waiting.get(who) ?? 0;
    if (own >= MAX_WAITING_OF_ONE) {
      throw new ProblemAnswer(429, 'rate-limited', `At most ${MAX_WAITING_OF_ONE} requests may wait.`, {
        retryAfterSeconds: 1,
      });
    }
    if (this.waitingRequests >= MAX_WAITING) throw unavailable('busy', 'Too many requests wait for events.');
    this.waiting.set(who, own + 1);
    try {
      await this.untilNew(this.positionIn(place), milliseconds, request.signal);
    } finally {
      const left = (this.waiting.get(who) ?? 1) - 1;
      if (left === 0) this.waiting.delete(who);
      else this.waiting.set(who, left);
    }
  }

  /** Until there are events behind the position, the time is over, the caller has gone or the server closes. */
  private untilNew(position: Position | null, milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        unsubscribe();
        signal.removeEventListener('abort', done);
        this.closing.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, milliseconds));
      const unsubscribe = this.log.onNew(done);
      signal.addEventListener('abort', done);
      this.closing.signal.addEventListener('abort', done);
      // What came between the look and the wait.
      if (this.log.recentAfter(position, 1)?.entries.length || signal.aborted || this.closing.signal.aborted) done();
    });
  }
}

const placeBehind = (entry: PublicEntry | undefined, since: EpochMs | null): Place | null =>
  entry === undefined ? null : { position: entry.position, digest: digestOf(entry.eventId), since };
