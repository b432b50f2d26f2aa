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

const row = { ...subscribed, subscribedPosition: '7', generation: 1, previous: [], disabled: null };

describe('the row of a webhook', () => {
  it('follows its subscription', () => {
    expect(fold(['WebhookSubscribed', subscribed])).toEqual(row);
    const rotation = { ...own, generation: 2, previousUntil: 90, rotatedAt: 6 };
    expect(fold(['WebhookSubscribed', subscribed], ['WebhookSecretRotated', rotation])).toEqual({
      ...row,
      generation: 2,
      previous: [{ generation: 1, until: 90 }],
    });
  });

  it('keeps the newest three secrets of before that still sign', () => {
    const rotations = [10, 20, 25, 30, 99].map(
      (rotatedAt, n) =>
        ['WebhookSecretRotated', { ...own, generation: n + 2, previousUntil: rotatedAt + 50, rotatedAt }] as const,
    );
    const previous = (count: number) =>
      fold(
        ['WebhookSubscribed', subscribed],
        ...rotations.slice(0, count).map(([type, data]): [string, object] => [type, data]),
      )?.previous;
    expect(previous(2)).toEqual([
      { generation: 2, until: 70 },
      { generation: 1, until: 60 },
    ]);
    expect(previous(4)?.map(({ generation }) => generation)).toEqual([4, 3, 2]);
    expect(previous(5)).toEqual([{ generation: 5, until: 149 }]);
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
