import { setImmediate } from 'node:timers/promises';
import type { DisableReason } from '#contracts/events/webhook-events.js';
import type { Position } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import { uuidV7 } from '#platform/uuid.js';
import { pagesOf } from '#read-models/pages-of.js';
import type { ReadModels } from '#read-models/read-models.js';
import type { WebhookRow } from '#read-models/rows.js';
import type { WebhookWriter } from '../writers.js';

/** For how long the read model of the keys is waited for, milliseconds. */
const PATIENCE_MS = 30_000;
/** Whoever has a key of these may subscribe. */
const ROLES: readonly string[] = ['partner', 'admin'];

export interface DisablingOptions {
  readonly keys: ReadModels['keys'];
  readonly writer: WebhookWriter;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
}

/** The auctions that there are for a subject by all its valid keys; null: all. */
type Scope = ReadonlySet<string> | null;

/** Disables subscriptions in their streams, so that every instance and the partner see it. */
export class Disabling {
  private readonly underWay = new Set<string>();

  constructor(private readonly options: DisablingOptions) {}

  get isIdle(): boolean {
    return this.underWay.size === 0;
  }

  /** Never rejects: what fails is tried again at the next failure. */
  async disable(webhookId: string, reason: DisableReason, detail: string): Promise<void> {
    if (this.underWay.has(webhookId)) return;
    this.underWay.add(webhookId);
    const { writer, clock, log } = this.options;
    const id = uuidV7();
    const context = { commandId: id, correlationId: id, causationId: webhookId, actor: 'system' };
    try {
      const command = { type: 'Disable', reason, detail: detail.slice(0, 300), at: clock.now() } as const;
      await writer.execute(webhookId, command, context);
      log.warn({ webhookId, reason, detail }, 'a webhook is disabled');
    } catch (err) {
      log.error({ err, webhookId }, 'a webhook could not be disabled');
    } finally {
      this.underWay.delete(webhookId);
    }
  }

  /**
   * Nothing more goes to a subscription whose partner may not see all that it covers any more: what it was made with may be revoked
   * while a narrower key stays. Rejects when the keys are not known up to the position of the rows: one that is not shown yet is not
   * revoked.
   */
  async endWithoutAccess(rows: readonly WebhookRow[], position: Position | null): Promise<void> {
    const { keys } = this.options;
    if (position !== null && !(await keys.waitFor(position, PATIENCE_MS))) {
      throw new Error(`the read model of the keys has not come as far as ${position}`);
    }
    const scopes = await this.scopesOfSubjects();
    for (const { webhookId, partner, auctionIds, disabled } of rows) {
      const scope = scopes.get(partner);
      if (disabled !== null || (scope !== undefined && covers(scope, auctionIds))) continue;
      const less = 'The valid keys of the partner do not cover all of its auctions any more';
      const detail = scope === undefined ? 'The partner has no valid key any more' : less;
      void this.disable(webhookId, 'access-revoked', detail);
    }
  }

  private async scopesOfSubjects(): Promise<ReadonlyMap<string, Scope>> {
    // The first key is no row.
    const scopes = new Map<string, Scope>([['admin', null]]);
    for (const page of pagesOf(this.options.keys)) {
      for (const { row } of page) {
        const { role, subject, auctionIds, revoked } = row;
        if (ROLES.includes(role) && !revoked) scopes.set(subject, widened(scopes.get(subject), auctionIds));
      }
      await setImmediate();
    }
    return scopes;
  }
}

function widened(scope: Scope | undefined, auctionIds: readonly string[] | null): Scope {
  return scope === null || auctionIds === null ? null : new Set([...(scope ?? []), ...auctionIds]);
}

const covers = (scope: Scope, auctionIds: readonly string[] | null): boolean =>
  scope === null || (auctionIds?.every((id) => scope.has(id)) ?? false);
