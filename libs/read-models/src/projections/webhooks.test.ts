import type { StoredEvent } from '../projection.js';
import type { WebhookRow } from '../rows.js';
import { webhooks } from './webhooks.js';

const own = { webhookId: '01890000-0000-7000-8000-000000000001', partner: 'press' };
const subscribed = { ...own, url: 'https://hooks.example/', eventTypes: null, auctionIds: null, subscribedAt: 5 };

const fold = (...events: [type: string, data: object][]): WebhookRow | null =>
  events.reduce<WebhookRow | null>((row, [type, data], i) => {
    const event = { type, data, position: String(i + 7) } as unknown as StoredEvent;
    expect(webhooks.keyOf(event)).toBe(`press/${own.webhookId}`);
    const handler = webhooks.on[event.type];
    if (handler === 'ignored') throw new Error(`${type} is ignored`);
    return (handler as (row: WebhookRow | null, event: StoredEvent) => WebhookRow | null)(row, event);
  }, null);

const row = { ...subscribed, subscribedPosition: '7', generation: 1, previousUntil: null, disabled: null };

describe('the row of a webhook', () => {
  it('follows its subscription', () => {
    expect(fold(['WebhookSubscribed', subscribed])).toEqual(row);
    const rotation = { ...own, generation: 2, previousUntil: 90, rotatedAt: 6 };
    expect(fold(['WebhookSubscribed', subscribed], ['WebhookSecretRotated', rotation])).toEqual({
      ...row,
      generation: 2,
      previousUntil: 90,
    });
  });

  it('tells why it is disabled until it is enabled', () => {
    const disabled = { ...own, reason: 'gone', detail: 'status 410', disabledAt: 8 };
    expect(fold(['WebhookSubscribed', subscribed], ['WebhookDisabled', disabled])).toEqual({
      ...row,
      disabled: { reason: 'gone', detail: 'status 410', at: 8 },
    });
    const enabled = { ...own, enabledAt: 9 };
    expect(fold(['WebhookSubscribed', subscribed], ['WebhookDisabled', disabled], ['WebhookEnabled', enabled])).toEqual(
      row,
    );
  });

  it('is gone with the subscription', () => {
    expect(fold(['WebhookSubscribed', subscribed], ['WebhookDeleted', own])).toBeNull();
  });
});
