import Type, { type Static } from 'typebox';
import { AuctionScope, Role } from '../events/key-events.js';
import { Id, NamedId, Subject } from '../ids.js';
import { nullOr } from '../null-or.js';
import { PositionToken } from './position.js';

export const KeyParams = Type.Object({ keyId: NamedId('The API key') }, { additionalProperties: false });
export type KeyParams = Static<typeof KeyParams>;

/** `POST /api/keys` */
export const IssueKeyBody = Type.Object(
  {
    role: Role,
    subject: Subject,
    auctionIds: Type.Optional(
      Type.Array(Id('An auction'), {
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
        description: 'Of a partner only: for this key there are these auctions and no others',
      }),
    ),
  },
  { additionalProperties: false },
);
export type IssueKeyBody = Static<typeof IssueKeyBody>;

export const IssuedKey = Type.Object({
  keyId: Id('The API key'),
  key: Type.String({
    description: 'Shown this once, and to a repeat under the same Idempotency-Key: only a digest is kept',
  }),
  role: Role,
  subject: Subject,
  auctionIds: nullOr(AuctionScope),
  position: PositionToken,
});
export type IssuedKey = Static<typeof IssuedKey>;
