import type { Logger } from 'pino';
import type { Subscription, Topics as TopicIds } from '#contracts/push/client-messages.js';
import { MAX_SUBSCRIBED_AUCTIONS, MAX_SUBSCRIBED_LOTS } from '#contracts/push/client-messages.js';
import type { EventReader, Position } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import { ReadModelUnavailable } from '#read-models/read-model.js';
import type { ReadModels } from '#read-models/read-models.js';
import { TimeSlice } from '#read-models/time-slice.js';
import { actorOf, mayCall, type Principal } from '../auth/principal.js';
import type { Client, NewClient } from './client.js';
import { ClosingNotices } from './closing-notices.js';
import { ControlMessage, tell } from './control-message.js';
import { CredentialWatch } from './credential-watch.js';
import { FanOut } from './fan-out.js';
import type { Hub } from './hub.js';
import { RowsBehind } from './live-rows.js';
import type { PushMetrics } from './push-metrics.js';
import { StreamGate } from './stream-gate.js';
import { Subscriber, type SubscriberHooks } from './subscriber.js';
import { Subscribing } from './subscribing.js';

const HEARTBEAT_SECONDS = 15;
/** A client that took nothing for so many heartbeats is gone. */
const STUCK_BEATS = 2;
/** A credential is looked at again every so many heartbeats. */
const RECHECK_BEATS = 4;
const TICK_MS = 1_000;
/** Clients that are told to come back later do so within this time, spread over it, milliseconds. */
const COME_BACK_MS = 3_000;
/** The feed makes messages for so long behind the last client: those who come back soon need no read of the store. */
const REST_AFTER_MS = 60_000;

export interface PushLimits {
  /** Clients of this process. */
  readonly connections: number;
  /** Clients of one caller. */
  readonly perCaller: number;
}

export interface PushParts {
  readonly hub: Hub;
  readonly store: EventReader;
  readonly readModels: Pick<ReadModels, 'listings' | 'lots'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: PushMetrics;
  readonly limits: PushLimits;
  /** How far apart rounds of writes begin, milliseconds. */
  readonly roundMs?: number;
  readonly log: Pick<Logger, 'error'>;
}

/** The clients of this process and what holds for all of them: limits, signs of life, the end. */
export class Push {
  /** What stands in front of a stream of server-sent events. */
  readonly streamGate: StreamGate;
  private readonly fanOut: FanOut;
  private readonly subscribing: Subscribing;
  private readonly closingNotices: ClosingNotices;
  private readonly credentials: CredentialWatch;
  private readonly hooks: SubscriberHooks;
  private readonly clients = new Set<Client>();
  private readonly callers = new Map<string, number>();
  private readonly timers: NodeJS.Timeout[] = [];
  private beats = 0;
  private emptySince = Number.NEGATIVE_INFINITY;
  private closing = false;

  constructor(private readonly parts: PushParts) {
    const { hub, store, readModels, clock, metrics } = parts;
    this.fanOut = new FanOut(clock, parts.roundMs);
    this.subscribing = new Subscribing(hub, store, readModels.listings);
    this.streamGate = new StreamGate(hub, store);
    this.credentials = new CredentialWatch(clock);
    this.closingNotices = new ClosingNotices(hub, readModels.lots, clock);
    this.hooks = {
      wake: (subscriber) => this.fanOut.wake(subscriber),
      snapshot: (lotId) => this.snapshotNow(lotId),
      subscribed: () => hub.subscribed(),
      onDropped: (messages) => metrics.dropped.inc(messages),
      onSent: (messages) => metrics.sent.inc(messages),
    };
  }

  start(): void {
    this.parts.hub.start();
    const every = (ms: number, work: () => unknown) => this.timers.push(setInterval(work, ms).unref());
    every(HEARTBEAT_SECONDS * 1_000, () => this.beat().catch((err: unknown) => this.failed(err)));
    every(TICK_MS, () => this.announceClosings());
    every(TICK_MS, () => this.credentials.endExpired());
    every(TICK_MS, () => this.rest());
  }

  /** Why a further client cannot be taken; null: it can. */
  refusal(principal: Principal | null): 'going-away' | 'full' | 'too-many-connections' | null {
    const { connections, perCaller } = this.parts.limits;
    if (this.closing) return 'going-away';
    if (this.clients.size >= connections) return 'full';
    const own = principal === null ? 0 : (this.callers.get(actorOf(principal)) ?? 0);
    return own >= perCaller ? 'too-many-connections' : null;
  }

  /** Takes a client whom `refusal` does not refuse. */
  add(client: NewClient): Client {
    const { principal, connection } = client;
    const caller = {
      bidderId: principal.role === 'bidder' ? principal.subject : null,
      auctionIds: principal.auctionIds ?? null,
    };
    const added: Client = { ...client, subscriber: new Subscriber(caller, connection, this.hooks) };
    this.clients.add(added);
    this.parts.hub.wake();
    this.credentials.add(added);
    this.callers.set(actorOf(principal), (this.callers.get(actorOf(principal)) ?? 0) + 1);
    const { role, subject } = principal;
    added.subscriber.send(new ControlMessage({ type: 'Welcome', role, subject, heartbeatSeconds: HEARTBEAT_SECONDS }));
    return added;
  }

  /** The client is gone. */
  remove(client: Client): void {
    if (!this.clients.delete(client)) return;
    if (this.clients.size === 0) this.emptySince = this.parts.clock.now();
    this.credentials.remove(client);
    const actor = actorOf(client.principal);
    const left = (this.callers.get(actor) ?? 1) - 1;
    if (left === 0) this.callers.delete(actor);
    else this.callers.set(actor, left);
    this.parts.hub.topics.remove(client.subscriber);
    client.subscriber.end();
  }

  /** Brings the client into the feed, as far as its role and the limits allow; what is not done is told to it. */
  async subscribe({ principal, subscriber }: Client, subscription: Subscription): Promise<void> {
    const lots = new Set([...subscriber.lots, ...(subscription.lots ?? [])]);
    const auctions = new Set([...subscriber.auctions, ...(subscription.auctions ?? [])]);
    if (subscription.all === true && !mayCall('auctioneer', principal)) {
      return tell(subscriber, { code: 'forbidden', detail: 'Everything at once takes the role auctioneer.' });
    }
    if (lots.size > MAX_SUBSCRIBED_LOTS || auctions.size > MAX_SUBSCRIBED_AUCTIONS) {
      const detail = `At most ${MAX_SUBSCRIBED_LOTS} lots and ${MAX_SUBSCRIBED_AUCTIONS} auctions at once.`;
      return tell(subscriber, { code: 'too-many-subscriptions', detail });
    }
    await this.subscribing.subscribe(subscriber, subscription);
  }

  unsubscribe({ subscriber }: Client, { lots = [], auctions = [], all }: TopicIds): void {
    const { topics } = this.parts.hub;
    for (const lotId of lots) topics.removeLot(lotId, subscriber);
    for (const auctionId of auctions) topics.removeAuction(auctionId, subscriber);
    if (all === true) topics.removeAll(subscriber);
  }

  get position(): Position {
    return this.parts.hub.position;
  }

  get failure(): string | null {
    return this.parts.hub.failure;
  }

  /** Brings the gauges up to date. */
  observe(): void {
    const { metrics, hub } = this.parts;
    metrics.connections.set(this.clients.size);
    metrics.backlog.set(this.fanOut.backlog);
    metrics.lagSeconds.set(hub.lagMs / 1_000);
  }

  /** Takes no more clients and tells those that are here to come back, not all at the same time. */
  async close(): Promise<void> {
    this.closing = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.parts.hub.stop();
    const slice = new TimeSlice();
    for (const { subscriber } of [...this.clients]) {
      const retryAfterMs = Math.round((0.1 + 0.9 * Math.random()) * COME_BACK_MS);
      subscriber.send(new ControlMessage({ type: 'Goodbye', retryAfterMs }));
      subscriber.flush(this.parts.clock.now());
      subscriber.close('going-away');
      if (slice.over()) await slice.rest();
    }
  }

  private rest(): void {
    const { hub, clock } = this.parts;
    if (this.clients.size === 0 && clock.now() - this.emptySince >= REST_AFTER_MS) hub.rest();
  }

  private snapshotNow(lotId: string) {
    try {
      return this.parts.hub.snapshot(lotId, 'slow');
    } catch {
      // Its rows are behind, or ahead of what was handed on: in a moment.
      return null;
    }
  }

  private async beat(): Promise<void> {
    this.beats += 1;
    const { hub } = this.parts;
    let heartbeat = heartbeatAt(hub.position);
    const recheck = this.beats % RECHECK_BEATS === 0;
    const slice = new TimeSlice();
    for (const client of [...this.clients]) {
      const { subscriber, connection } = client;
      // A client must never be told a position in front of what it has.
      if (heartbeat.position !== hub.position) heartbeat = heartbeatAt(hub.position);
      subscriber.beat(heartbeat.message);
      if (subscriber.stuckFor >= STUCK_BEATS) connection.close('too-slow');
      else if (!connection.isAlive()) connection.close('idle');
      if (recheck) await this.credentials.recheck(client);
      if (slice.over()) await slice.rest();
    }
  }

  private failed(err: unknown): void {
    this.parts.log.error({ err }, 'a timer of the push failed');
  }

  /** Those that cannot be had now are announced a tick later. */
  private announceClosings(): void {
    try {
      if (this.clients.size > 0) this.closingNotices.announce();
    } catch (err) {
      if (!(err instanceof RowsBehind || err instanceof ReadModelUnavailable)) this.failed(err);
    }
  }
}

const heartbeatAt = (position: Position) => ({
  position,
  message: new ControlMessage({ type: 'Heartbeat', position }),
});
