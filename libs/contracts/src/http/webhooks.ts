import Type, { type Static } from 'typebox';
import { DisableReason } from '../events/webhook-events.js';
import { Id, NamedId } from '../ids.js';
import { Literals } from '../literals.js';
import { nullOr, scalarOrNull } from '../null-or.js';
import { PLAIN_TEXT } from '../plain-text.js';
import { type PublicEventType, publicEventTypes } from '../public-events/public-catalogue.js';
import { IsoTime } from '../time.js';
import { Cursor } from './feed.js';
import { PageQuery } from './pages.js';

const WebhookId = Id('The subscription');
const PublicType = Literals(publicEventTypes as readonly PublicEventType[]);
const EventTypes = Type.Array(PublicType, { minItems: 1, maxItems: publicEventTypes.length, uniqueItems: true });
const Url = Type.String({ minLength: 1, maxLength: 2_048, description: 'https, on a public address' });

export const WebhookParams = Type.Object({ webhookId: NamedId('The subscription') }, { additionalProperties: false });
export type WebhookParams = Static<typeof WebhookParams>;

/** `POST /api/webhooks` */
export const SubscribeBody = Type.Object(
  { url: { ...Url, pattern: PLAIN_TEXT } as typeof Url, eventTypes: Type.Optional(EventTypes) },
  { additionalProperties: false },
);
export type SubscribeBody = Static<typeof SubscribeBody>;

const view = {
  webhookId: WebhookId,
  url: Url,
  eventTypes: nullOr(Type.Array(Type.String(), { description: 'Null: all' })),
  auctionIds: nullOr(
    Type.Array(Id('An auction'), { description: 'As the key that subscribed was limited; null: all' }),
  ),
  state: Literals(['active', 'disabled']),
  disabled: nullOr(
    Type.Object({
      reason: DisableReason,
      detail: Type.String({ description: 'What went wrong last' }),
      at: IsoTime,
    }),
  ),
  subscribedAt: IsoTime,
  previousSecretUntil: scalarOrNull({
    ...IsoTime,
    description: 'Until then deliveries are signed with the secret before as well',
  } as typeof IsoTime),
};

export const WebhookView = Type.Object(view);
export type WebhookView = Static<typeof WebhookView>;

export const SubscribedWebhook = Type.Object({
  ...view,
  secret: Type.String({ description: 'whsec_…: shown now and never again' }),
});
export type SubscribedWebhook = Static<typeof SubscribedWebhook>;

export const DeliveryStates = Literals(['delivered', 'pending', 'dead'], {
  description: 'pending: it failed and will be tried again. dead: it was given up',
});

export const DeliveriesQuery = Type.Object(
  { ...PageQuery.properties, state: Type.Optional(DeliveryStates) },
  { additionalProperties: false },
);
export type DeliveriesQuery = Static<typeof DeliveriesQuery>;

export const DeliveryView = Type.Object({
  eventId: Id('The event: also the webhook-id of every attempt'),
  eventType: Type.String(),
  state: DeliveryStates,
  attempts: Type.Integer({ description: 'Since it was first due, or due again' }),
  lastAttemptAt: IsoTime,
  status: scalarOrNull(Type.Integer({ description: 'Of the last answer; null: none came' })),
  error: scalarOrNull(Type.String({ description: 'Why the last attempt failed; null: it did not' })),
  nextAttemptAt: scalarOrNull(IsoTime),
});
export type DeliveryView = Static<typeof DeliveryView>;

/** `POST /api/webhooks/:webhookId/redeliver`: one of `after`, `since`, `eventId`, `dead`. */
export const RedeliverBody = Type.Object(
  {
    after: Type.Optional({ ...Cursor, description: 'Everything behind this cursor of the feed' } as typeof Cursor),
    since: Type.Optional({ ...IsoTime, description: 'Everything from this time on' } as typeof IsoTime),
    until: Type.Optional({
      ...Cursor,
      description: 'With `after` or `since`: up to this cursor; else up to now',
    } as typeof Cursor),
    eventId: Type.Optional(NamedId('One event that was attempted before')),
    dead: Type.Optional(Type.Literal(true, { description: 'Every dead letter' })),
  },
  { additionalProperties: false },
);
export type RedeliverBody = Static<typeof RedeliverBody>;

export const Redelivery = Type.Object({
  deliveries: scalarOrNull(
    Type.Integer({ description: 'How many are due again; null: a range, which is counted as it is delivered' }),
  ),
});
export type Redelivery = Static<typeof Redelivery>;
