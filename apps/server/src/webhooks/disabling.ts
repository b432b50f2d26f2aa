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
   * Whoever has no valid key any more gets nothing more. Rejects when the keys are not known up to the position of the rows: one that is
   * not shown yet is not revoked.
   */
  async endWithoutAccess(rows: readonly WebhookRow[], position: Position | null): Promise<void> {
    const { keys } = this.options;
    if (position !== null && !(await keys.waitFor(position, PATIENCE_MS))) {
      throw new Error(`the read model of the keys has not come as far as ${position}`);
    }
    const subjects = await this.subjectsWithAccess();
    for (const { webhookId, partner, disabled } of rows) {
      if (disabled !== null || subjects.has(partner)) continue;
      void this.disable(webhookId, 'access-revoked', 'The partner has no valid key any more');
    }
  }

  private async subjectsWithAccess(): Promise<Set<string>> {
    const { keys } = this.options;
    // Of the first key, which is no row.
    const subjects = new Set<string>(['admin']);
    for (const page of pagesOf(keys)) {
      for (const { row } of page) if (ROLES.includes(row.role) && !row.revoked) subjects.add(row.subject);
      await setImmediate();
    }
    return subjects;
  }
}
