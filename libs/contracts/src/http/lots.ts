import Type, { type Static } from 'typebox';
import { BidOutcome, bidOutcomes } from '../events/lot-events.js';
import { AuctionId, BidId, Id, LotId, NamedId } from '../ids.js';
import { Literals } from '../literals.js';
import { Money, PositiveMoney } from '../money.js';
import { nullOr, scalarOrNull } from '../null-or.js';
import { PlainText } from '../plain-text.js';
import { BidPolicy, BuyNow, BuyNowPolicy, IncrementTable, SoftClose, Vehicle } from '../terms.js';
import { IsoTime } from '../time.js';
import { PositionToken } from './position.js';

export const LotParams = Type.Object({ lotId: NamedId('The lot') }, { additionalProperties: false });
export type LotParams = Static<typeof LotParams>;

/** Stricter than what events may hold: those that are stored stay readable. */
const OfferedVehicle = Type.Object(
  {
    ...Vehicle.properties,
    make: PlainText(100, { description: 'For example Honda' }),
    model: PlainText(100, { description: 'For example Accord' }),
  },
  { additionalProperties: false },
);

/** `POST /api/auctions/:auctionId/lots` */
export const AddLotBody = Type.Object(
  {
    title: PlainText(300),
    startingBid: Money,
    bidPolicy: Type.Optional(BidPolicy),
    increments: Type.Optional(
      Type.Union([Literals(['ebay', 'trade-me', 'copart']), IncrementTable], {
        description: 'A preset by name, or half-open bands whose first begins at 0',
      }),
    ),
    reserve: Type.Optional(PositiveMoney),
    softClose: Type.Optional(SoftClose),
    closesAt: Type.Optional(IsoTime),
    buyNow: Type.Optional(BuyNow),
    vehicle: Type.Optional(OfferedVehicle),
  },
  { additionalProperties: false },
);
export type AddLotBody = Static<typeof AddLotBody>;

export const LotViewState = Literals(['listed', 'open', 'sold', 'passed', 'withdrawn']);
export type LotViewState = Static<typeof LotViewState>;

/** A lot as the public may see it: no maximum, no reserve. */
export const LotView = Type.Object({
  lotId: LotId,
  auctionId: AuctionId,
  ordinal: Type.Integer({ minimum: 1 }),
  title: Type.String(),
  state: LotViewState,
  bidPolicy: BidPolicy,
  currency: Type.String(),
  startingBid: Money,
  currentPrice: scalarOrNull(Money),
  highestBid: nullOr(Type.Object({ bidderId: Type.String(), amount: Money, sequence: Type.Integer({ minimum: 1 }) })),
  minimumNextBid: Type.Integer({ minimum: 1 }),
  bidCount: Type.Integer({ minimum: 0 }),
  reserveMet: Type.Boolean({ description: 'True also where there is no reserve' }),
  opensAt: scalarOrNull(IsoTime),
  closesAt: scalarOrNull(IsoTime),
  extensions: Type.Integer({ minimum: 0 }),
  buyNow: nullOr(
    Type.Object({
      price: PositiveMoney,
      quantity: Type.Integer({ minimum: 1 }),
      available: Type.Integer({
        minimum: 0,
        description:
          'Units that nobody has bought, to be had while the lot is open; 0 also once bidding has ended buying',
      }),
      limitPerBuyer: scalarOrNull(Type.Integer({ minimum: 1, description: 'Units that one buyer may buy' })),
      policy: nullOr(BuyNowPolicy),
    }),
  ),
  vehicle: nullOr(Vehicle),
  position: PositionToken,
});
export type LotView = Static<typeof LotView>;

/** A lot in a list of auctions. */
export const LotSummary = Type.Pick(LotView, ['lotId', 'ordinal', 'title', 'state', 'currentPrice', 'closesAt']);
export type LotSummary = Static<typeof LotSummary>;

/** `POST /api/lots/:lotId/bids` */
export const PlaceBidBody = Type.Object({ amount: PositiveMoney }, { additionalProperties: false });
export type PlaceBidBody = Static<typeof PlaceBidBody>;

const OwnMaximum = Type.Optional(
  Type.Integer({ minimum: 1, description: 'Under `proxy`: the hidden maximum, told to its bidder alone' }),
);
/** Of a bid wherever it is: null under `proxy` while it has no price. */
const PublicAmount = scalarOrNull(
  Type.Integer({
    minimum: 0,
    description: 'What anybody may see: under `proxy` the price behind the bid, if there is one',
  }),
);

export const BidAnswer = Type.Object({
  bidId: BidId,
  lotId: LotId,
  auctionId: AuctionId,
  amount: Type.Integer({
    minimum: 0,
    description: 'What anybody may see of the bid: under `proxy` the price behind it',
  }),
  maximum: OwnMaximum,
  sequence: Type.Integer({ minimum: 1 }),
  outcome: BidOutcome,
  isCurrentlyHighest: Type.Boolean(),
  currentHighestBid: scalarOrNull(Money),
  minimumNextBid: Type.Integer({ minimum: 1 }),
  position: PositionToken,
});
export type BidAnswer = Static<typeof BidAnswer>;

/** 202: the bid is on the disk of the instance that took it, and goes into the lot's stream once the event store answers. */
export const SpooledBidAnswer = Type.Object({
  bidId: BidId,
  lotId: LotId,
  auctionId: AuctionId,
  amount: PublicAmount,
  maximum: OwnMaximum,
  durability: Type.Literal('spooled'),
  acceptedAt: IsoTime,
});
export type SpooledBidAnswer = Static<typeof SpooledBidAnswer>;

/** `GET /api/lots/:lotId/bids`: under `proxy`, `amount` is the price behind the bid, never a maximum. */
export const BidView = Type.Object({
  bidId: BidId,
  bidderId: Type.String(),
  amount: scalarOrNull(Money),
  sequence: Type.Integer({ minimum: 1 }),
  outcome: BidOutcome,
  valid: Type.Boolean({ description: 'Whether the bid changed who leads, the price or a maximum' }),
  placedAt: IsoTime,
});
export type BidView = Static<typeof BidView>;

export const LotResultView = Type.Object({
  lotId: LotId,
  state: Literals(['pending', 'sold', 'passed', 'withdrawn']),
  winnerId: scalarOrNull(Type.String()),
  amount: scalarOrNull(Money),
  bidId: scalarOrNull(BidId),
  position: PositionToken,
});
export type LotResultView = Static<typeof LotResultView>;

/** `POST /api/lots/:lotId/purchases` */
export const PurchaseBody = Type.Object(
  { quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })) },
  { additionalProperties: false },
);
export type PurchaseBody = Static<typeof PurchaseBody>;

export const PurchaseAnswer = Type.Object({
  purchaseId: Id('The purchase'),
  lotId: LotId,
  auctionId: AuctionId,
  quantity: Type.Integer({ minimum: 1 }),
  price: PositiveMoney,
  available: Type.Integer({ minimum: 0 }),
  position: PositionToken,
});
export type PurchaseAnswer = Static<typeof PurchaseAnswer>;

/** `POST /api/lots/:lotId/reserve` */
export const LowerReserveBody = Type.Object({ reserve: PositiveMoney }, { additionalProperties: false });
export type LowerReserveBody = Static<typeof LowerReserveBody>;

export const BidState = Literals(['spooled', 'stored', 'late', 'refused'], {
  description:
    'spooled: acknowledged, waits for the event store. stored: recorded. late: recorded behind the end of the lot, never a winner. ' +
    'refused: was acknowledged and could not be recorded.',
});
export type BidState = Static<typeof BidState>;

/** `GET /api/me/bids`: the caller's own bids, newest first; `amount` is what they bid, their own maximum included. */
export const MyBidView = Type.Object({
  bidId: BidId,
  lotId: LotId,
  auctionId: AuctionId,
  amount: PublicAmount,
  maximum: OwnMaximum,
  sequence: scalarOrNull(Type.Integer()),
  outcome: Literals([...bidOutcomes, 'late', 'pending', 'refused']),
  state: BidState,
  reason: Type.Optional(Type.String({ description: 'Of a refused bid: the code of the refusal' })),
  standing: Literals(['leading', 'outbid', 'won', 'lost'], {
    description: 'Of the bidder on the lot, now',
  }),
  lotState: LotViewState,
  currentPrice: scalarOrNull(Money),
  placedAt: IsoTime,
});
export type MyBidView = Static<typeof MyBidView>;

export const BidParams = Type.Object({ bidId: NamedId('The bid') }, { additionalProperties: false });

/** `GET /api/bids/:bidId` */
export const BidResource = Type.Object({
  bidId: BidId,
  lotId: LotId,
  auctionId: AuctionId,
  bidderId: Type.String(),
  amount: PublicAmount,
  maximum: OwnMaximum,
  sequence: scalarOrNull(Type.Integer()),
  outcome: Literals([...bidOutcomes, 'late', 'pending', 'refused']),
  state: BidState,
  reason: Type.Optional(Type.String({ description: 'Of a refused bid: the code of the refusal' })),
  placedAt: IsoTime,
});
export type BidResource = Static<typeof BidResource>;
