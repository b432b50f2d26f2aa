import Type, { type Static } from 'typebox';
import { Id, Subject } from '../ids.js';
import { Literals } from '../literals.js';
import { nullOr } from '../null-or.js';
import { EpochMs } from '../time.js';
import { defineEvent, type EventOf } from './define-event.js';
import { AuctionScope } from './key-events.js';

export const WebhookId = Id('The subscription');

export const DisableReason = Literals(['failing', 'gone', 'access-revoked'], {
  description:
    'failing: no delivery succeeded for five days. gone: the endpoint answered 410. access-revoked: the valid keys ' +
    'of the partner do not cover the auctions of the subscription any more.',
});
export type DisableReason = Static<typeof DisableReason>;

const webhook = { webhookId: WebhookId, partner: Subject };

export const WebhookSubscribed = defineEvent({
  type: 'WebhookSubscribed',
  stream: 'webhook',
  meaning:
    'A partner wants the public events at an address. The secret is derived from a key of the server and stored nowhere.',
  data: {
    ...webhook,
    url: Type.String({ minLength: 1, maxLength: 2_048, description: 'Where events are sent' }),
    eventTypes: nullOr(
      Type.Array(Type.String({ pattern: '^[A-Za-z]{1,64}$' }), {
        minItems: 1,
        maxItems: 64,
        description: 'Public types; null: all',
      }),
    ),
    auctionIds: nullOr(AuctionScope),
    subscribedAt: EpochMs,
  },
});

export const WebhookSecretRotated = defineEvent({
  type: 'WebhookSecretRotated',
  stream: 'webhook',
  meaning: 'Deliveries are signed with a new secret, and with the one before it for a while.',
  data: {
    ...webhook,
    generation: Type.Integer({ minimum: 2, description: 'Which secret of the subscription, from 1' }),
    previousUntil: EpochMs,
    rotatedAt: EpochMs,
  },
});

export const WebhookDisabled = defineEvent({
  type: 'WebhookDisabled',
  stream: 'webhook',
  meaning: 'Nothing is delivered until the partner enables the subscription again; what comes meanwhile waits.',
  data: {
    ...webhook,
    reason: DisableReason,
    detail: Type.String({ maxLength: 300, description: 'What went wrong last, for the partner' }),
    disabledAt: EpochMs,
  },
});

export const WebhookEnabled = defineEvent({
  type: 'WebhookEnabled',
  stream: 'webhook',
  meaning: 'Deliveries go on where they stopped.',
  data: { ...webhook, enabledAt: EpochMs },
});

export const WebhookDeleted = defineEvent({
  type: 'WebhookDeleted',
  stream: 'webhook',
  meaning: 'The subscription is over.',
  data: webhook,
});

export const webhookEvents = [
  WebhookSubscribed,
  WebhookSecretRotated,
  WebhookDisabled,
  WebhookEnabled,
  WebhookDeleted,
] as const;
export type WebhookEvent = EventOf<(typeof webhookEvents)[number]>;
