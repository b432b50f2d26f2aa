import Type from 'typebox';
import { MAX_AMOUNT } from './max-amount.js';

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
