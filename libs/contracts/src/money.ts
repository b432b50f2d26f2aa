import Type from 'typebox';

/**
 * Largest amount of money, in minor units: 9,999,999,999.99 of a currency with two decimals. Sums of up to 9,000 amounts stay
 * exact below 2^53; the product of an amount and a quantity may not.
 */
export const MAX_AMOUNT = 999_999_999_999;

/** An amount of money: an integer number of the currency's minor unit, 17750 = 177.50. */
export const Money = Type.Integer({
  minimum: 0,
  maximum: MAX_AMOUNT,
  description: "Integer in the currency's minor unit: 17750 is 177.50",
});
export type Money = number;

/** Money that somebody offers or asks: at least one minor unit. */
export const PositiveMoney = Type.Integer({
  minimum: 1,
  maximum: MAX_AMOUNT,
  description: "Integer in the currency's minor unit, at least 1: 17750 is 177.50",
});
