import { join } from 'node:path';
import type { Logger } from 'pino';
import { lotSnapshots } from '#auction/lot/lot-snapshot.js';
import { InProcessStock } from '#coordination/in-process/in-process-stock.js';
import { RedisLink } from '#coordination/redis/redis-link.js';
import { RedisSequencer } from '#coordination/redis/redis-sequencer.js';
import { RedisStock } from '#coordination/redis/redis-stock.js';
import type { Stock } from '#coordination/stock.js';
import type { EventStore } from '#event-store/event-store.js';
import { SnapshotFiles } from '#event-store/snapshots/snapshot-files.js';
import { Spool } from '#event-store/spool/spool.js';
import { derivedDirectory, openStore } from '#event-store/store-location.js';
import type { StreamWriterOptions } from '#event-store/stream-writer/stream-writer-options.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { SystemClock } from '#platform/clock.js';
import { openReadModels, type ReadModels } from '#read-models/read-models.js';
import type { Analytics } from './analytics/analytics.js';
import { startAnalytics } from './analytics/start-analytics.js';
import { LotHistory } from './api/lot-history.js';
import { aliasKey } from './auth/alias-key.js';
import { KeySecrets } from './auth/api-key.js';
import { derivedKey } from './auth/derived-key.js';
import { BidNumbers } from './bidding/bid-numbers.js';
import { knownLot } from './bidding/known-lot.js';
import { Purchases } from './buying/purchases.js';
import { SoldOutLots } from './buying/sold-out-lots.js';
import { Visibility } from './http/visibility.js';
import { Health } from './observability/health.js';
import type { Metrics } from './observability/metrics.js';
import { RecentRefusals } from './observability/recent-refusals.js';
import type { Tracing } from './observability/tracing.js';
import { Partners } from './partners.js';
import { Carrier } from './process/carrier.js';
import { CheckpointFile } from './process/checkpoint-file.js';
import { Deadlines } from './process/deadlines.js';
import { GRACE_MS, ProcessManager } from './process/process-manager.js';
import { Hub } from './push/hub.js';
import { Push } from './push/push.js';
import { PushMetrics } from './push/push-metrics.js';
import type { Relay } from './relay/relay.js';
import { startRelay } from './relay/start-relay.js';
import { type WatchedGroups, watchGroups } from './relay/watch-groups.js';
import type { Settings } from './settings.js';
import { BidIntake } from './spool/bid-intake.js';
import { BidSpool } from './spool/bid-spool.js';
import { Drainer } from './spool/drainer.js';
import { AuctionWriter, KeyWriter, LotWriter, VehicleWriter, WebhookWriter } from './writers.js';

/** How often states of idle streams are let go, milliseconds. */
const EVICT_MS = 10_000;
/** Looked at when the process starts, milliseconds. */
const SNAPSHOTS_KEPT_MS = 30 * 86_400_000;

export interface Observers {
  readonly metrics: Metrics;
  readonly tracing: Tracing | null;
  readonly log: Logger;
}

/** Everything behind the HTTP interface, put together by hand: what uses what can be read here. */
export class Backend {
  readonly clock = new SystemClock();
  readonly lots: LotWriter;
  readonly auctions: AuctionWriter;
  readonly vehicles: VehicleWriter;
  readonly keys: KeyWriter;
  readonly keySecrets: KeySecrets;
  readonly commandKey: string;
  readonly webhooks: WebhookWriter;
  readonly soldOut = new SoldOutLots();
  readonly purchases: Purchases;
  readonly bidNumbers: BidNumbers;
  readonly carrier: Carrier;
  readonly visibility: Visibility;
  readonly push: Push;
  private relay: Relay | null = null;
  private groups: WatchedGroups | null = null;
  /** Null without Kafka, and where the process has not the role. */
  analytics: Analytics | null = null;
  readonly partners: Partners;
  private readonly stock: Stock;
  private readonly sequencer: RedisSequencer | null;
  readonly intake: BidIntake;
  private readonly drainer: Drainer;
  readonly lotHistory: LotHistory;
  readonly refusals: RecentRefusals;
  readonly health: Health;
  private readonly processManager: ProcessManager;
  private readonly deadlines: Deadlines;
  private readonly eviction: NodeJS.Timeout;

  /** Use `Backend.open`. */
  constructor(
    readonly store: EventStore,
    readonly readModels: ReadModels,
    private readonly redis: RedisLink | null,
    readonly aliases: BidderAliases,
    readonly spool: BidSpool,
    key: string,
    settings: Settings,
    private readonly metrics: Metrics,
    log: Logger,
  ) {
    const options: StreamWriterOptions = {
      onConflict: () => metrics.conflicts.inc(),
      onBatch: (_, events) => {
        if (events > 0) this.health.written();
      },
      onFailure: (error) => {
        log.warn({ err: error }, 'a batch of commands could not be stored');
        this.health.writeFailed(error);
      },
    };
    const snapshots = new SnapshotFiles({
      directory: join(derivedDirectory(settings), 'snapshots'),
      codec: lotSnapshots,
      onUnusable: (file, reason) => log.warn({ file, reason }, 'a snapshot is of no use: lots are folded without it'),
    });
    void snapshots.deleteOlderThan(this.clock.now() - SNAPSHOTS_KEPT_MS);
    this.lots = new LotWriter(store, options, snapshots);
    this.auctions = new AuctionWriter(store, options);
    this.vehicles = new VehicleWriter(store, options);
    this.keys = new KeyWriter(store, options);
    this.keySecrets = new KeySecrets(derivedKey(key, 'API keys'));
    this.commandKey = derivedKey(key, 'command ids');
    this.webhooks = new WebhookWriter(store, options);
    this.stock = redis === null ? new InProcessStock(this.clock) : new RedisStock(redis);
    this.sequencer = redis === null ? null : new RedisSequencer(redis, (lotId) => this.lastSequence(lotId));
    this.bidNumbers = new BidNumbers(this.sequencer);
    const { clock, lots, stock, soldOut } = this;
    this.purchases = new Purchases({ lots, stock, soldOut, metrics, log });
    this.visibility = new Visibility(store, readModels);
    this.lotHistory = new LotHistory(store);
    this.refusals = new RecentRefusals(this.clock);
    this.carrier = new Carrier(this.auctions, this.lots, this.vehicles, store, this.clock, (lotId) =>
      knownLot(readModels.lots, lotId),
    );
    const checkpoint = new CheckpointFile(join(derivedDirectory(settings), 'process-manager.position'));
    const graceMs = settings.eventStoreUrl === undefined ? 0 : GRACE_MS;
    this.processManager = new ProcessManager(store, this.carrier, checkpoint, log, graceMs);
    this.drainer = new Drainer({
      spool,
      lots,
      log,
      shown: (position, withinMs) => readModels.bids.waitFor(position, withinMs),
      onDrained: (became, event) => {
        metrics.countDrained(became, event);
        if (event !== undefined) this.bidNumbers.stored(event);
      },
    });
    const { drainer } = this;
    this.intake = new BidIntake({
      lots,
      lotRows: readModels.lots,
      bidRows: readModels.bids,
      spool,
      drainer,
      afterMs: settings.spool.afterMs,
    });
    const holds = (lotId: string) => drainer.holds(lotId);
    this.deadlines = new Deadlines({ readModels, lots, auctions: this.auctions, clock, log, holds });
    const hub = new Hub({ store, readModels, aliasOf: aliases.of, clock, log });
    this.push = new Push({
      hub,
      store,
      readModels,
      clock,
      metrics: new PushMetrics(metrics.registry),
      limits: settings.pushLimits,
      log,
    });
    const { webhooks: writer } = this;
    const aliasOf = aliases.of;
    this.partners = new Partners({ store, readModels, aliasOf, key, writer, settings, clock, metrics, log });
    this.health = new Health({
      store,
      spool,
      clock,
      needed: () => ({
        readModels: readModels.failure(),
        processManager: this.processManager.failure,
        push: this.push.failure,
      }),
      hints: () => ({
        ...(redis !== null && { redis: redis.away }),
        ...(this.relay !== null && { relay: this.relay.failure }),
        ...(this.analytics !== null && { analytics: this.analytics.failure }),
        webhooks: this.partners.failure,
        // One auction that cannot go on takes no instance out of service: bids and queries work.
        decisions: this.processManager.stuck,
      }),
    });
    this.eviction = setInterval(() => {
      for (const writer of this.writers()) writer.evictIdle();
      for (const hints of [this.stock, this.soldOut, this.sequencer]) hints?.forgetIdle();
    }, EVICT_MS).unref();
  }

  /** Opens the store, and what was derived from it; waits for a store that is away. Throws StoreUnusable. */
  static async open(settings: Settings, { metrics, tracing, log }: Observers): Promise<Backend> {
    const { dataDir, roles } = settings;
    const store = await openStore(settings, {
      onCommit: (commit) => {
        metrics.commits.observe(commit.milliseconds / 1000);
        metrics.commitEvents.observe(commit.events);
        tracing?.committed(commit);
      },
      onOutage: (err) => log.warn({ err }, 'the event store cannot be followed: trying again'),
    });
    const readModels = await openReadModels({ directory: join(derivedDirectory(settings), 'read-models'), store, log });
    const key = await aliasKey(dataDir, settings.aliasKey);
    const aliases = new BidderAliases(key);
    // Numbers are drawn and units reserved for requests alone.
    const redisUrl = roles.has('api') ? settings.redisUrl : undefined;
    const redis = redisUrl === undefined ? null : await openRedis(redisUrl, metrics, log);
    const spool = new BidSpool(await Spool.open({ directory: dataDir }), settings.spool.capacity);
    const backend = new Backend(store, readModels, redis, aliases, spool, key, settings, metrics, log);
    backend.drainer.start();
    if (roles.has('api')) {
      backend.push.start();
      await backend.partners.start();
    }
    if (roles.has('projector')) {
      await backend.processManager.start();
      backend.deadlines.start();
    }
    if (roles.has('relay') && settings.kafka !== undefined) {
      const { registry } = metrics;
      backend.relay = startRelay(settings.kafka, { store, aliases, registry, clock: backend.clock, log });
      backend.groups = watchGroups(settings.kafka, registry, log);
    }
    if (roles.has('analytics') && settings.kafka !== undefined) {
      const { registry } = metrics;
      const directory = derivedDirectory(settings);
      backend.analytics = startAnalytics(settings.kafka, { directory, store, registry, clock: backend.clock, log });
    }
    return backend;
  }

  /** Brings the gauges up to date. */
  observe(): void {
    this.push.observe();
    this.partners.observe();
    const { lots, auctions, vehicles, keys, webhooks } = this;
    for (const [kind, writer] of Object.entries({ lots, auctions, vehicles, keys, webhooks })) {
      this.metrics.heldStreams.set({ kind }, writer.heldStreams);
    }
    this.metrics.decisionsStuck.set(this.processManager.stuckCount);
    const { depth, oldestAt } = this.spool.state();
    this.metrics.spoolDepth.set(depth);
    this.metrics.spoolAge.set(oldestAt === null ? 0 : Math.max(0, this.clock.now() - oldestAt) / 1000);
    for (const [model, { position, head, behindMs }] of Object.entries(this.readModels.lag())) {
      const behind = head === null ? 0 : Number(BigInt(head) - BigInt(position ?? '0'));
      this.metrics.projectionLag.set({ model }, Math.max(0, behind));
      this.metrics.projectionLagSeconds.set({ model }, behindMs / 1000);
    }
  }

  /** Lets every command that was taken in come to its end, then closes the files. */
  async close(): Promise<void> {
    clearInterval(this.eviction);
    await this.push.close();
    await this.partners.close();
    await this.deadlines.stop();
    await this.processManager.stop();
    await this.drainer.stop();
    await Promise.all(this.writers().map((writer) => writer.drained()));
    await this.redis?.close();
    await this.groups?.close();
    await this.relay?.stop();
    await this.analytics?.stop();
    await this.spool.close();
    await this.readModels.close();
    await this.store.close();
  }

  private async lastSequence(lotId: string): Promise<number> {
    const { state } = await this.lots.load(lotId);
    // What is not there leaves no key behind.
    if (state.phase === 'not-listed') throw new Error(`there is no lot ${lotId}`);
    return state.lastSequence;
  }

  private writers() {
    return [this.lots, this.auctions, this.vehicles, this.keys, this.webhooks];
  }
}

/** It may be away: what it holds are hints. */
function openRedis(url: string, metrics: Metrics, log: Logger): Promise<RedisLink> {
  return RedisLink.open(url, {
    onAnswer: (script, seconds) => metrics.redisAnswers.observe({ script }, seconds),
    onFallback: (script) => metrics.redisFallbacks.inc({ script }),
    onChange: (away) => {
      if (away === null) log.info('Redis answers');
      else log.warn({ reason: away }, 'Redis is away: the streams are asked instead');
    },
  });
}
