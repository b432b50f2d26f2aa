import Type, { type Static } from 'typebox';
import { Literals } from './literals.js';
import { Money, PositiveMoney } from './money.js';
import { nullOr } from './null-or.js';
import { EpochMs } from './time.js';

export const BidPolicy = Literals(['open', 'proxy'], {
  description: 'open: the best recorded bid wins. proxy: a bid is a hidden maximum, the price rises by increments.',
});
export type BidPolicy = Static<typeof BidPolicy>;

/** Half-open bands: the step of the last band whose `from` does not exceed the visible price applies. */
export const IncrementBand = Type.Object({ from: Money, step: PositiveMoney }, { additionalProperties: false });
export const IncrementTable = Type.Array(IncrementBand, { minItems: 1, maxItems: 64 });
export type IncrementTable = Static<typeof IncrementTable>;

/** A bid that changes the visible state within `windowSeconds` of the end moves the end to `extensionSeconds` after the bid. */
export const SoftClose = Type.Object(
  {
    windowSeconds: Type.Integer({ minimum: 1, maximum: 86_400, description: 'How close to the end a bid extends' }),
    extensionSeconds: Type.Integer({ minimum: 1, maximum: 86_400, description: 'From the bid to the new end' }),
    maxExtensions: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'Without it, no limit' })),
  },
  { additionalProperties: false },
);
export type SoftClose = Static<typeof SoftClose>;

/** When buying now beside bidding ends; meaningful for a quantity of one. */
export const BuyNowPolicy = Literals(['until-first-bid', 'until-reserve-met', 'until-price-exceeds'], {
  description: 'When buying one unit beside bidding ends; without it, until-first-bid',
});
export type BuyNowPolicy = Static<typeof BuyNowPolicy>;

export const BuyNow = Type.Object(
  {
    price: PositiveMoney,
    quantity: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: '1: beside bidding; more: a fixed-price lot',
    }),
    limitPerBuyer: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Units that one buyer may buy' }),
    ),
    policy: Type.Optional(BuyNowPolicy),
  },
  { additionalProperties: false },
);
export type BuyNow = Static<typeof BuyNow>;

/** ISO 3779: 17 characters, no I, O or Q. */
export const Vin = Type.String({
  pattern: '^[A-HJ-NPR-Z0-9]{17}$',
  minLength: 17,
  maxLength: 17,
  description: 'ISO 3779: 17 characters, no I, O or Q',
});

export const Vehicle = Type.Object(
  {
    vin: Vin,
    make: Type.String({ minLength: 1, maxLength: 100, description: 'For example Honda' }),
    model: Type.String({ minLength: 1, maxLength: 100, description: 'For example Accord' }),
    year: Type.Integer({ minimum: 1886, maximum: 2100, description: 'The model year' }),
    mileage: Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'As the odometer shows it, in its unit' }),
  },
  { additionalProperties: false },
);
export type Vehicle = Static<typeof Vehicle>;

const offer = {
  title: Type.String({ minLength: 1, maxLength: 300, description: 'What is offered' }),
  startingBid: Money,
  bidPolicy: BidPolicy,
  increments: IncrementTable,
  reserve: nullOr(PositiveMoney),
  softClose: nullOr(SoftClose),
  closesAt: nullOr(EpochMs),
  buyNow: nullOr(BuyNow),
  vehicle: nullOr(Vehicle),
};

/** A lot as the auctioneer offers it; `closesAt` null takes the auction's. */
export const LotOffer = Type.Object(offer, { additionalProperties: false });
export type LotOffer = Static<typeof LotOffer>;

/** Everything that decides a lot's outcome; frozen in the event that lists it. */
export const LotTerms = Type.Object(
  { ...offer, currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }) },
  { additionalProperties: false },
);
export type LotTerms = Static<typeof LotTerms>;
