import { webhookStream } from '#contracts/ids.js';
import type { EventReader } from '#event-store/event-store.js';
import { Handlers } from '#read-models/handlers.js';
import type { StoredEvent } from '#read-models/projection.js';
import { webhooks } from '#read-models/projections/webhooks.js';
import type { WebhookRow } from '#read-models/rows.js';

/** Subscriptions as they once were, from their streams, which are short. */
export class WebhookHistory {
  private readonly handlers = new Handlers(webhooks);

  constructor(private readonly store: EventReader) {}

  /** Right behind an event; null: it deleted the subscription. Rejects with StoreUnavailable. */
  async rowBehind(webhookId: string, revision: number): Promise<WebhookRow | null> {
    const events = (await this.store.readStream(webhookStream(webhookId), 0, revision + 1)) as readonly StoredEvent[];
    return events.reduce<WebhookRow | null>((row, event) => this.handlers.after(row, event), null);
  }
}
