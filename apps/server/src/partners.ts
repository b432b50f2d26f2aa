import { join } from 'node:path';
import type { Logger } from 'pino';
import type { AliasOf } from '#contracts/public-events/public-event-of.js';
import type { EventStore, Position } from '#event-store/event-store.js';
import { derivedDirectory } from '#event-store/store-location.js';
import type { Clock } from '#platform/clock.js';
import type { ReadModels } from '#read-models/read-models.js';
import { derivedKey } from './auth/derived-key.js';
import { Cursors } from './feed/cursor.js';
import { Feed } from './feed/feed.js';
import { PublicLog } from './feed/public-log.js';
import { TimeIndex } from './feed/time-index.js';
import type { Metrics } from './observability/metrics.js';
import type { Settings } from './settings.js';
import { Dispatcher } from './webhooks/dispatcher.js';
import { EndpointRules } from './webhooks/endpoint-url.js';
import { Journal } from './webhooks/journal.js';
import { KafkaDeadLetters } from './webhooks/kafka-dead-letters.js';
import { Sender } from './webhooks/sender.js';
import { WebhookSecrets } from './webhooks/signature.js';
import type { WebhookWriter } from './writers.js';

export interface PartnersOptions {
  readonly store: EventStore;
  readonly readModels: ReadModels;
  readonly aliasOf: AliasOf;
  /** Of the server: behind secrets and cursors. Every instance has the same one. */
  readonly key: string;
  readonly writer: WebhookWriter;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** What partners get of the events beside Kafka: the feed and the webhooks. */
export class Partners {
  readonly secrets: WebhookSecrets;
  readonly rules: EndpointRules;
  readonly feed: Feed;
  /** Null where another instance delivers. */
  dispatcher: Dispatcher | null = null;
  private readonly publicLog: PublicLog;
  private times: TimeIndex | null = null;
  private deadLetters: KafkaDeadLetters | null = null;

  constructor(private readonly options: PartnersOptions) {
    const { store, aliasOf, key, settings, metrics, log } = options;
    this.secrets = new WebhookSecrets(derivedKey(key, 'webhook secrets'));
    this.rules = new EndpointRules(settings.webhooksAllowPrivate);
    this.publicLog = new PublicLog({ store, aliasOf, log, onEntries: (entries) => this.times?.add(entries) });
    const cursors = new Cursors(derivedKey(key, 'feed cursors'));
    this.feed = new Feed(this.publicLog, () => this.timesOrThrow(), cursors, metrics);
  }

  /** Begins to follow the store, and to deliver where that is the role of the process. */
  async start(): Promise<void> {
    const { store, settings, log, readModels, writer, clock, metrics } = this.options;
    // A store that is away at the start is waited for by whoever follows it.
    const head = await store.head().catch(() => undefined);
    const directory = derivedDirectory(settings);
    const onFailure = (err: unknown) => log.warn({ err }, 'the index of times is not written: it is made again');
    this.times = await TimeIndex.open(join(directory, 'feed.times'), head, onFailure);
    this.publicLog.start(this.times.until);
    if (!settings.roles.has('webhooks')) return;
    if (settings.kafka !== undefined) this.deadLetters = new KafkaDeadLetters(settings.kafka, log);
    this.dispatcher = new Dispatcher({
      ...{ readModels, writer, clock, metrics, log, publicLog: this.publicLog, secrets: this.secrets },
      journal: new Journal(directory),
      sender: new Sender(this.rules),
      ...(this.deadLetters !== null && { deadLetters: this.deadLetters }),
    });
    this.dispatcher.start();
  }

  /** The end of the store; null: it is empty. */
  head(): Promise<Position | null> {
    return this.options.store.head();
  }

  /** Why deliveries do not go on; null: they do, or it is not this process that delivers. */
  get failure(): string | null {
    return this.dispatcher?.failure ?? null;
  }

  observe(): void {
    this.dispatcher?.observe();
    this.options.metrics.feedWaiting.set(this.feed.waitingRequests);
  }

  async close(): Promise<void> {
    this.feed.close();
    await this.dispatcher?.stop();
    await this.deadLetters?.close();
    await this.publicLog.stop();
    await this.times?.close();
  }

  private timesOrThrow(): TimeIndex {
    if (this.times === null) throw new Error('the index of times is not open');
    return this.times;
  }
}
