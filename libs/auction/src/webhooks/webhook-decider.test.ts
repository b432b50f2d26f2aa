import type { WebhookEvent } from '#contracts/events/webhook-events.js';
import { spec } from '#testing/decider-spec.js';
import { webhookDecider } from './webhook-decider.js';

const webhookId = '01890000-0000-7000-8000-000000000001';
const own = { webhookId, partner: 'press' };
const address = { url: 'https://hooks.press.example/', eventTypes: ['LotSold'], auctionIds: null };
const subscribe = { type: 'Subscribe', ...own, ...address, at: 5 } as const;
const subscribed: WebhookEvent = { type: 'WebhookSubscribed', data: { ...own, ...address, subscribedAt: 5 } };
const disable = { type: 'Disable', reason: 'failing', detail: 'status 503', at: 6 } as const;
const disabled: WebhookEvent = {
  type: 'WebhookDisabled',
  data: { ...own, reason: 'failing', detail: 'status 503', disabledAt: 6 },
};
const enabled: WebhookEvent = { type: 'WebhookEnabled', data: { ...own, enabledAt: 7 } };
const deleted: WebhookEvent = { type: 'WebhookDeleted', data: own };
const webhook = spec(webhookDecider);
const by = (partner: string, type: 'RotateSecret' | 'Enable' | 'Delete', at = 7) => ({ type, partner, at });

describe('a webhook subscription', () => {
  it('is made once, and not again once it is deleted', () => {
    webhook.given([]).when(subscribe).thenRecorded([subscribed]);
    webhook.given([subscribed]).when(subscribe).thenUnchanged();
    webhook.given([subscribed, deleted]).when(subscribe).thenUnchanged();
  });

  it('does not exist for another partner', () => {
    for (const type of ['RotateSecret', 'Enable', 'Delete'] as const) {
      webhook.given([subscribed]).when(by('rival', type)).thenRefused({ code: 'webhook-not-found' });
      webhook.given([subscribed, deleted]).when(by('rival', type)).thenRefused({ code: 'webhook-not-found' });
      webhook.given([]).when(by('press', type)).thenRefused({ code: 'webhook-not-found' });
    }
  });

  it('keeps the secret before the newest one for a day', () => {
    const rotated = (generation: number, rotatedAt: number): WebhookEvent => ({
      type: 'WebhookSecretRotated',
      data: { ...own, generation, previousUntil: rotatedAt + 86_400_000, rotatedAt },
    });
    webhook
      .given([subscribed])
      .when(by('press', 'RotateSecret', 8))
      .thenRecorded([rotated(2, 8)]);
    webhook
      .given([subscribed, rotated(2, 8)])
      .when(by('press', 'RotateSecret', 9))
      .thenRecorded([rotated(3, 9)]);
  });

  it('is disabled once, and enabled by its partner', () => {
    webhook.given([subscribed]).when(disable).thenRecorded([disabled]);
    webhook.given([subscribed, disabled]).when(disable).thenUnchanged();
    webhook.given([subscribed, disabled]).when(by('press', 'Enable')).thenRecorded([enabled]);
    webhook.given([subscribed, disabled, enabled]).when(by('press', 'Enable')).thenUnchanged();
  });

  it('is deleted once; then nothing else can be done with it', () => {
    webhook.given([subscribed, disabled]).when(by('press', 'Delete')).thenRecorded([deleted]);
    webhook.given([subscribed, deleted]).when(by('press', 'Delete')).thenUnchanged();
    webhook.given([subscribed, deleted]).when(disable).thenRefused({ code: 'webhook-not-found' });
    webhook.given([subscribed, deleted]).when(by('press', 'Enable')).thenRefused({ code: 'webhook-not-found' });
  });
});
