/**
 * Largest amount of money, in minor units: 9,999,999,999.99 of a currency with two decimals. Sums of up to 9,000 amounts stay
 * exact below 2^53; the product of an amount and a quantity may not. Stands alone for the page, which has no schemas.
 */
export const MAX_AMOUNT = 999_999_999_999;
