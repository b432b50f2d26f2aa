import { Webhook } from 'standardwebhooks';
import { sign, WebhookSecrets } from './signature.js';

const webhookId = '01890000-0000-7000-8000-000000000001';
const secrets = new WebhookSecrets('a key of the server for tests');
const body = JSON.stringify({ eventId: 'é', payload: {} });

describe('the signature of a delivery', () => {
  it('is verified by the stock library of Standard Webhooks', () => {
    const secret = secrets.of(webhookId, 1);
    const headers = sign('msg-1', Date.now(), body, [secret]);
    expect(new Webhook(secret).verify(body, { ...headers })).toEqual(JSON.parse(body));
  });

  it('is verified by either of two secrets while both are valid, and by no other', () => {
    const [first, second, third] = [1, 2, 3].map((generation) => secrets.of(webhookId, generation)) as [
      string,
      string,
      string,
    ];
    const headers = { ...sign('msg-1', Date.now(), body, [second, first]) };
    expect(new Webhook(first).verify(body, headers)).toEqual(JSON.parse(body));
    expect(new Webhook(second).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(third).verify(body, headers)).toThrow('No matching signature found');
  });

  it.each([
    ['another body', { body: `${body} ` }],
    ['another id', { id: 'msg-2' }],
    ['another time', { timestamp: String(Math.floor(Date.now() / 1_000) + 60) }],
    ['a time long ago', { at: Date.now() - 600_000 }],
  ])('is refused with %s', (_, change: { body?: string; id?: string; timestamp?: string; at?: number }) => {
    const secret = secrets.of(webhookId, 1);
    const headers = { ...sign('msg-1', change.at ?? Date.now(), body, [secret]) };
    if (change.id !== undefined) headers['webhook-id'] = change.id;
    if (change.timestamp !== undefined) headers['webhook-timestamp'] = change.timestamp;
    expect(() => new Webhook(secret).verify(change.body ?? body, headers)).toThrow();
  });
});

describe('a secret', () => {
  it('follows from the key, the subscription and its number, and has 32 bytes', () => {
    const secret = secrets.of(webhookId, 1);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(new WebhookSecrets('a key of the server for tests').of(webhookId, 1)).toBe(secret);
    const others = [
      secrets.of(webhookId, 2),
      secrets.of(webhookId.replace('1', '2'), 1),
      new WebhookSecrets('another key').of(webhookId, 1),
    ];
    expect(new Set([secret, ...others]).size).toBe(4);
  });
});
