import Type, { type Static } from 'typebox';
import { BidOutcome, lotEvents } from '../events/lot-events.js';
import { BidId, Id } from '../ids.js';
import { Literals } from '../literals.js';
import { Money, PositiveMoney } from '../money.js';
import { nullOr, scalarOrNull } from '../null-or.js';
import { IsoTime } from '../time.js';
import { LotView } from './lots.js';

/**
 * One event of a lot's stream as the public may see it, and what it changed. The state at revision n is the `changes` of the
 * events up to n laid over each other, in that order.
 */
export const LotHistoryEvent = Type.Object({
  revision: Type.Integer({ minimum: 0, description: 'Place in the stream of the lot' }),
  eventId: Type.String(),
  type: Literals(
    lotEvents.map(({ type }) => type),
    { description: 'ReserveLowered and BidArrivedLate are shown to those who sell alone' },
  ),
  at: IsoTime,
  changes: Type.Partial(Type.Omit(LotView, ['position']), { description: 'The members of the lot that became others' }),
  bid: Type.Optional(
    Type.Object({
      bidId: BidId,
      bidderId: Type.String(),
      amount: scalarOrNull(Money),
      sequence: scalarOrNull(Type.Integer()),
      outcome: nullOr(BidOutcome),
    }),
  ),
  purchase: Type.Optional(
    Type.Object({
      purchaseId: Id('The purchase'),
      buyerId: Type.String(),
      quantity: Type.Integer(),
      price: PositiveMoney,
    }),
  ),
  note: Type.Optional(Type.String({ description: 'Why: the reason of a close or a pass, the cause of an extension' })),
  stored: Type.Optional(
    Type.Object(
      {
        data: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
        actor: Type.String(),
        correlationId: Type.String(),
      },
      {
        description:
          'As it is stored, hidden maxima and reserves included: for an admin, and for an auctioneer once the lot is settled',
      },
    ),
  ),
});
export type LotHistoryEvent = Static<typeof LotHistoryEvent>;
