import { formatMoney } from '../money/money.js';

/** An amount in minor units; null is said, not shown as 0. */
export function Money({ amount, currency, none = '–' }: { amount: number | null; currency: string; none?: string }) {
  return <span className="money">{amount === null ? none : formatMoney(amount, currency)}</span>;
}
