import type { EpochMs } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';
import type { WebhookRow } from '#read-models/rows.js';
import { compare, type PublicEntry, type PublicLog } from '../feed/public-log.js';
import type { DeliveryRecord, LaneRecord } from './delivery-record.js';
import { EndpointHealth } from './endpoint-health.js';
import type { Journal } from './journal.js';
import { Lane, type Stand } from './lane.js';
import { nextAttempt } from './retry-schedule.js';
import { type Attempt, MAX_AT_ONCE, type Post } from './sender.js';
import { sign, type WebhookSecrets } from './signature.js';

/** Waiting for another attempt: beyond it nothing new is attempted, and the events wait in the store. */
const MAX_PENDING = 10_000;
const RETRIES_AT_ONCE = MAX_AT_ONCE / 2;

export interface SubscriptionParts {
  readonly log: PublicLog;
  readonly journal: Journal;
  readonly sender: Post;
  readonly secrets: WebhookSecrets;
  now(): EpochMs;
  random(): number;
  /** Takes the outcome of an attempt: it is committed together with where the lanes stand, and `committed` is called. */
  record(record: DeliveryRecord, attempt: Attempt): void;
  /** More is recorded than is committed: nothing new is begun. */
  isBehind(): boolean;
  disable(webhookId: string, reason: 'failing' | 'gone', detail: string): void;
  /** The store was set back to an older state: `state` begins anew where the subscription was made. */
  onSetBack(webhookId: string): void;
}

/** What is to be sent: an event for the first time, or again. */
interface Due {
  readonly position: Position;
  readonly eventId: string;
  readonly eventType: string;
  readonly body: string;
  /** Before this one. */
  readonly attempts: number;
  /** Of a first attempt: the lane goes on. */
  readonly settle: (() => void) | null;
}

/**
 * Delivers to one subscription: a few at a time, first attempts in commit order, those that failed beside them when they are due.
 * Shares nothing with the others that could make them wait.
 */
export class Subscription {
  private live: Lane;
  private replay: Lane | null = null;
  private replayUntil: Position | null = null;
  private readonly retrying = new Set<Position>();
  private due: DeliveryRecord[] = [];
  private readonly attempting = new Set<Due>();
  /** Of them, whose event was ordered again meanwhile: what becomes of them counts no more. */
  private readonly superseded = new Set<Due>();
  private health: EndpointHealth;
  private pending: number;
  private stopped = false;

  constructor(
    private row: WebhookRow,
    private readonly parts: SubscriptionParts,
  ) {
    const { webhookId } = row;
    const kept = parts.journal.lanes(webhookId);
    this.live = this.liveFrom(kept?.live ?? null, kept?.liveEvent ?? null);
    if (kept?.replay != null) this.beginReplay(kept.replay.from, kept.replay.until);
    this.health = new EndpointHealth(kept);
    this.pending = parts.journal.pending(webhookId);
    if (this.pending === 0) this.health.idle();
  }

  get webhookId(): string {
    return this.row.webhookId;
  }

  get state(): LaneRecord {
    const { replay, replayUntil } = this;
    const replaying =
      replay === null || replayUntil === null ? null : { from: replay.stand.position, until: replayUntil };
    const { position: live, eventId: liveEvent } = this.live.stand;
    return { live, liveEvent, replay: replaying, ...this.health.kept };
  }

  /** The subscription has changed: a new secret, disabled, enabled. Answers whether `state` has. */
  update(row: WebhookRow): boolean {
    const wasDisabled = this.isDisabled;
    this.row = row;
    if (wasDisabled === this.isDisabled) return false;
    // Five days begin anew for whoever enables it, be it while nobody delivers: so they end when it is disabled.
    this.health = new EndpointHealth(null);
    this.pump();
    return true;
  }

  /** Begins nothing more; what is under way still ends. */
  stop(): void {
    this.stopped = true;
  }

  /** Deliveries that failed and will be tried again. */
  get waiting(): number {
    return this.pending;
  }

  get isDisabled(): boolean {
    return this.row.disabled !== null;
  }

  get underWay(): number {
    return this.attempting.size;
  }

  /** Once a second: what has become due. */
  tick(): void {
    this.readDue();
    this.pump();
  }

  /** The journal has it due again, from its first attempt on; null: every dead letter. */
  redeliver(eventId: string | null): void {
    for (const due of this.attempting) if (due.eventId === eventId) this.superseded.add(due);
    // Read before: they would go on with the attempts of then.
    this.due = [];
    this.recount();
  }

  /** What is pending has changed in the journal by other ways than attempts. */
  recount(): void {
    this.pending = this.parts.journal.pending(this.webhookId);
    this.tick();
  }

  /** Everything behind `from` up to `until` again, beside what is new; a replay under way is widened. */
  replayFrom(from: Position | null, until: Position): void {
    const { replay } = this.state;
    const first = replay !== null && compare(replay.from, from) < 0 ? replay.from : from;
    const last = replay !== null && compare(replay.until, until) > 0 ? replay.until : until;
    this.beginReplay(first, last);
    this.pump();
  }

  /** Begins as many attempts as may be under way at once. */
  pump = (): void => {
    while (this.mayBegin()) {
      const due = this.nextRetry() ?? this.nextOf(this.live) ?? this.nextOf(this.replay);
      if (due === undefined) break;
      void this.attempt(due);
    }
    if (this.replay?.finished) this.replay = null;
  };

  private mayBegin(): boolean {
    if (this.stopped || this.row.disabled !== null || this.parts.isBehind()) return false;
    if (this.health.isPaused(this.parts.now())) return false;
    return this.underWay < (this.health.isFailing ? 1 : MAX_AT_ONCE);
  }

  private nextRetry(): Due | undefined {
    if (this.retrying.size >= RETRIES_AT_ONCE) return undefined;
    const record = this.due.shift();
    if (record === undefined) return undefined;
    const { position, eventId, eventType, body, attempts } = record;
    this.retrying.add(position);
    return { position, eventId, eventType, body, attempts, settle: null };
  }

  private nextOf(lane: Lane | null): Due | undefined {
    if (lane === null || this.pending >= MAX_PENDING) return undefined;
    const entry = lane.take();
    if (entry === undefined) return undefined;
    const { position, eventId, eventType, json: body } = entry;
    return { position, eventId, eventType, body, attempts: 0, settle: () => lane.settle(entry) };
  }

  private async attempt(due: Due): Promise<void> {
    this.attempting.add(due);
    const { webhookId, url } = this.row;
    const headers = sign(due.eventId, this.parts.now(), due.body, this.validSecrets());
    const attempt = await this.parts.sender.send({ webhookId, url, headers, body: due.body });
    this.attempting.delete(due);
    this.conclude(due, attempt);
    this.pump();
  }

  private conclude(concluded: Due, attempt: Attempt): void {
    const { settle, ...due } = concluded;
    const { now, random } = this.parts;
    const at = now();
    settle?.();
    if (this.superseded.delete(concluded)) {
      this.retrying.delete(due.position);
      this.note(attempt, at, 0);
      return;
    }
    const attempts = due.attempts + 1;
    const nextAt = attempt.delivered ? null : nextAttempt(attempts, at, attempt.retryAfterMs, random);
    const state = attempt.delivered ? 'delivered' : nextAt === null ? 'dead' : 'pending';
    const { status, error } = attempt;
    const { webhookId } = this;
    this.note(attempt, at, Number(state === 'pending') - Number(settle === null));
    this.parts.record({ ...due, webhookId, state, attempts, lastAt: at, status, error, nextAt }, attempt);
  }

  /** Counts what pends and how the endpoint does. */
  private note(attempt: Attempt, at: EpochMs, pending: number): void {
    this.pending += pending;
    const givenUp = this.health.note(attempt, at);
    if (givenUp !== null) this.parts.disable(this.webhookId, givenUp.reason, givenUp.detail);
    if (this.pending === 0 && this.underWay === 0) this.health.idle();
  }

  /** The journal has the outcome: only now may it be read there again. */
  committed({ position }: DeliveryRecord): void {
    this.retrying.delete(position);
  }

  private readDue(): void {
    if (this.pending === 0 || this.due.length > 0 || this.row.disabled !== null) return;
    const { journal, now } = this.parts;
    const found = journal.due(this.webhookId, now(), MAX_AT_ONCE * 4);
    this.due = found.filter(({ position }) => !this.retrying.has(position));
  }

  private validSecrets(): string[] {
    const { webhookId, generation, previous } = this.row;
    const { secrets, now } = this.parts;
    const valid = previous.filter(({ until }) => now() < until);
    return [generation, ...valid.map((each) => each.generation)].map((each) => secrets.of(webhookId, each));
  }

  private beginReplay(from: Position | null, until: Position): void {
    this.replayUntil = until;
    this.replay = this.laneFrom({ position: from, eventId: null }, until);
  }

  /** Behind the event that is kept; with none, from where the subscription was made. */
  private liveFrom(live: Position | null, eventId: string | null): Lane {
    return this.laneFrom({ position: live ?? this.row.subscribedPosition, eventId }, null);
  }

  /** What was delivered of the store as it was may come again: better than that what comes now is left out. */
  private beginAnew(): void {
    this.live = this.liveFrom(null, null);
    this.parts.onSetBack(this.webhookId);
  }

  private laneFrom(after: Stand, until: Position | null): Lane {
    const { eventTypes, auctionIds } = this.row;
    const types = eventTypes && new Set(eventTypes);
    const auctions = auctionIds && new Set(auctionIds);
    const wants = ({ eventType, auctionId }: PublicEntry) =>
      (types === null || types.has(eventType)) && (auctions === null || auctions.has(auctionId));
    return new Lane({
      ...{ log: this.parts.log, after, until, wants },
      wake: () => this.pump(),
      onSetBack: () => this.beginAnew(),
    });
  }
}
