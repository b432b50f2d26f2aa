import Type, { type Static } from 'typebox';
import { PositionToken } from '../http/position.js';
import { AuctionId, LotId } from '../ids.js';

/** Lots that one connection may be subscribed to by their ids. */
export const MAX_SUBSCRIBED_LOTS = 1_000;
/** Auctions that one connection may be subscribed to, each with all its lots. */
export const MAX_SUBSCRIBED_AUCTIONS = 50;

const topics = {
  lots: Type.Optional(Type.Array(LotId, { maxItems: MAX_SUBSCRIBED_LOTS })),
  auctions: Type.Optional(
    Type.Array(AuctionId, { maxItems: MAX_SUBSCRIBED_AUCTIONS, description: 'Each with all its lots' }),
  ),
  all: Type.Optional(Type.Literal(true, { description: 'Everything; for auctioneers and admins' })),
};

/** What somebody watches. */
export const Topics = Type.Object(topics, { additionalProperties: false });
export type Topics = Static<typeof Topics>;

export const Subscription = Type.Object(
  {
    ...topics,
    after: Type.Optional({
      ...PositionToken,
      description:
        'The position of the last message received: what came since follows, without gap or duplicate. Without it, a snapshot',
    } as typeof PositionToken),
  },
  { additionalProperties: false },
);
export type Subscription = Static<typeof Subscription>;

/** Who calls, for a client that cannot send headers: the first message of a browser. */
export const AuthenticateMessage = Type.Object(
  { authenticate: Type.String({ minLength: 1, maxLength: 8_192, description: 'An API key or token' }) },
  { additionalProperties: false },
);
export const SubscribeMessage = Type.Object({ subscribe: Subscription }, { additionalProperties: false });
export const UnsubscribeMessage = Type.Object({ unsubscribe: Topics }, { additionalProperties: false });

/** What a client may send over `/ws`. */
export type ClientMessage =
  | Static<typeof AuthenticateMessage>
  | Static<typeof SubscribeMessage>
  | Static<typeof UnsubscribeMessage>;
