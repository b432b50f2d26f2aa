import type { Clock } from '#platform/clock.js';
import { pagesOf } from '#read-models/pages-of.js';
import type { ReadModels } from '#read-models/read-models.js';
import type { WebhookRow } from '#read-models/rows.js';
import type { PublicLog } from '../feed/public-log.js';
import type { WebhookWriter } from '../writers.js';
import type { Journal } from './journal.js';
import type { Post } from './sender.js';
import type { WebhookSecrets } from './signature.js';
import { Subscription, type SubscriptionParts } from './subscription.js';

export interface SubscriptionsOptions {
  readonly readModels: Pick<ReadModels, 'webhooks'>;
  readonly writer: WebhookWriter;
  readonly publicLog: PublicLog;
  readonly journal: Journal;
  readonly sender: Post;
  readonly secrets: WebhookSecrets;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
  readonly random?: () => number;
}

export interface SubscriptionsHooks extends Pick<SubscriptionParts, 'record' | 'isBehind' | 'disable'> {
  /** Where the subscription delivers next has changed, and is to be written down. */
  onMoved(webhookId: string): void;
  onDropped(webhookId: string): void;
}

/** The subscriptions that there are, as the read model and, for those that are gone, their streams tell. */
export class Subscriptions {
  private readonly byId = new Map<string, Subscription>();
  private stopped = false;
  /** Why some may not be taken up; null: all are. */
  failure: string | null = null;

  constructor(
    private readonly options: SubscriptionsOptions,
    private readonly hooks: SubscriptionsHooks,
  ) {}

  get size(): number {
    return this.byId.size;
  }

  get(webhookId: string): Subscription | undefined {
    return this.byId.get(webhookId);
  }

  all(): Iterable<Subscription> {
    return this.byId.values();
  }

  /** Attempts that are under way go on. */
  stop(): void {
    this.stopped = true;
    for (const subscription of this.all()) subscription.stop();
  }

  /** The row under that key of the read model has changed, or is gone. */
  refresh(key: string): void {
    try {
      const row = this.options.readModels.webhooks.get(key);
      if (row !== null) this.take(row);
      else this.drop(key.slice(key.indexOf('/') + 1));
    } catch (err) {
      this.failed(err);
    }
  }

  /** What stands in the read model: at the start, and what a listener missed while a damaged one was built anew. */
  takeAll(): void {
    const { log } = this.options;
    try {
      const rows = this.rows();
      for (const row of rows) this.take(row);
      const shown = new Set(rows.map(({ webhookId }) => webhookId));
      this.dropDeleted(shown).catch((err: unknown) => log.warn({ err }, 'what is deleted is not known: asking again'));
      this.failure = null;
    } catch (err) {
      this.failed(err);
    }
  }

  /** Throws ReadModelUnavailable. */
  rows(): WebhookRow[] {
    return [...pagesOf(this.options.readModels.webhooks)].flat().map(({ row }) => row);
  }

  private failed(err: unknown): void {
    this.failure = (err as Error).message;
    this.options.log.error({ err }, 'the subscriptions cannot be read: trying again');
  }

  private take(row: WebhookRow): void {
    const { webhookId } = row;
    const known = this.byId.get(webhookId);
    if (known !== undefined) {
      if (known.update(row)) this.hooks.onMoved(webhookId);
      return;
    }
    const { publicLog: log, journal, sender, secrets, clock, random = Math.random } = this.options;
    const { record, isBehind, disable } = this.hooks;
    const onSetBack = () => {
      this.options.log.warn({ webhookId }, 'the store was set back: the webhook begins where it was subscribed');
      this.hooks.onMoved(webhookId);
    };
    const hooks = { record, isBehind, disable, onSetBack };
    const parts = { log, journal, sender, secrets, random, now: () => clock.now(), ...hooks };
    const subscription = new Subscription(row, parts);
    this.byId.set(webhookId, subscription);
    this.hooks.onMoved(webhookId);
    subscription.tick();
  }

  private drop(webhookId: string): void {
    this.byId.get(webhookId)?.stop();
    this.hooks.onDropped(webhookId);
    this.byId.delete(webhookId);
    this.options.sender.forget(webhookId);
    this.options.journal.forget(webhookId);
  }

  /** A row that is missing proves nothing, since the read model may be behind: the stream tells what is deleted. */
  private async dropDeleted(shown: ReadonlySet<string>): Promise<void> {
    const { journal, writer } = this.options;
    for (const webhookId of new Set([...this.byId.keys(), ...journal.webhookIds()])) {
      if (shown.has(webhookId)) continue;
      const { state } = await writer.load(webhookId);
      if (this.stopped) return;
      if (state.phase === 'deleted') this.drop(webhookId);
    }
  }
}
