import Type, { type Static } from 'typebox';
import { Money, PositiveMoney } from './money.js';
import { nullOr } from './null-or.js';
import { EpochMs } from './time.js';

export const BidPolicy = Type.Union([Type.Literal('open'), Type.Literal('proxy')]);
export type BidPolicy = Static<typeof BidPolicy>;

/** Half-open bands: the step of the last band whose `from` does not exceed the visible price applies. */
export const IncrementBand = Type.Object({ from: Money, step: PositiveMoney }, { additionalProperties: false });
export const IncrementTable = Type.Array(IncrementBand, { minItems: 1, maxItems: 64 });
export type IncrementTable = Static<typeof IncrementTable>;

/** A bid that changes the visible state within `windowSeconds` of the end moves the end to `extensionSeconds` after the bid. */
export const SoftClose = Type.Object(
  {
    windowSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
    extensionSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
    maxExtensions: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  },
  { additionalProperties: false },
);
export type SoftClose = Static<typeof SoftClose>;

/** When buying now beside bidding ends; meaningful for a quantity of one. */
export const BuyNowPolicy = Type.Union([
  Type.Literal('until-first-bid'),
  Type.Literal('until-reserve-met'),
  Type.Literal('until-price-exceeds'),
]);
export type BuyNowPolicy = Static<typeof BuyNowPolicy>;

export const BuyNow = Type.Object(
  {
    price: PositiveMoney,
    quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    limitPerBuyer: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    policy: Type.Optional(BuyNowPolicy),
  },
  { additionalProperties: false },
);
export type BuyNow = Static<typeof BuyNow>;

/** ISO 3779: 17 characters, no I, O or Q. */
export const Vin = Type.String({ pattern: '^[A-HJ-NPR-Z0-9]{17}$', minLength: 17, maxLength: 17, description: 'ISO 3779: 17 characters, no I, O or Q' });

export const Vehicle = Type.Object(
  {
    vin: Vin,
    make: Type.String({ minLength: 1, maxLength: 100 }),
    model: Type.String({ minLength: 1, maxLength: 100 }),
    year: Type.Integer({ minimum: 1886, maximum: 2100 }),
    mileage: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
  },
  { additionalProperties: false },
);
export type Vehicle = Static<typeof Vehicle>;

/** Everything that decides a lot's outcome; frozen in the event that lists it. */
export const LotTerms = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 300 }),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    startingBid: Money,
    bidPolicy: BidPolicy,
    increments: IncrementTable,
    reserve: nullOr(PositiveMoney),
    softClose: nullOr(SoftClose),
    closesAt: nullOr(EpochMs),
    buyNow: nullOr(BuyNow),
    vehicle: nullOr(Vehicle),
  },
  { additionalProperties: false },
);
export type LotTerms = Static<typeof LotTerms>;
