import type { BidOutcome } from '#contracts/events/lot-events.js';
import type { Money } from '#contracts/money.js';
import type { IncrementTable, LotTerms } from '#contracts/terms.js';

/*
 * The bidding rules once more, written from the rules' text alone and as plainly as they stand there: the oracle that the
 * domain is compared with. Shares no code with the domain.
 */

export interface ReferenceBid {
  readonly bidderId: string;
  readonly amount: Money;
  readonly sequence: number;
}

/** Policy `open`: walks the bids by sequence; one is valid when strictly above the highest so far. The winner is the last. */
export function lastValidBid<Bid extends ReferenceBid>(startingBid: Money, bids: readonly Bid[]): Bid | null {
  let highest = startingBid;
  let last: Bid | null = null;
  for (const bid of [...bids].sort((a, b) => a.sequence - b.sequence)) {
    if (bid.amount <= highest) continue;
    highest = bid.amount;
    last = bid;
  }
  return last;
}

/** Policy `proxy`: price P, leader L, hidden maximum M; null while nobody leads. */
export interface ProxyState {
  readonly P: Money;
  readonly L: string;
  readonly M: Money;
}

export const increment = (table: IncrementTable, price: Money): Money =>
  table.filter((band) => band.from <= price).sort((a, b) => b.from - a.from)[0]?.step ?? Number.NaN;

/** Policy `proxy`: the table of the rules, row by row, then the reserve. */
export function referenceProxy(
  state: ProxyState | null,
  bid: Pick<ReferenceBid, 'bidderId' | 'amount'>,
  terms: Pick<LotTerms, 'startingBid' | 'increments' | 'reserve'>,
): { readonly outcome: BidOutcome; readonly state: ProxyState | null } {
  const { amount: m, bidderId: b } = bid;
  const inc = (price: Money) => increment(terms.increments, price);
  const row = (outcome: BidOutcome, next: ProxyState) => {
    const r = terms.reserve;
    const lifted = r !== null && next.M >= r && next.P < r;
    return { outcome, state: lifted ? { ...next, P: r } : next };
  };

  if (state === null) {
    if (!(m >= terms.startingBid)) return { outcome: 'below-minimum', state };
    return row('leading', { L: b, M: m, P: terms.startingBid });
  }
  const { P, L, M } = state;
  if (b === L) {
    if (!(m > M)) return { outcome: 'own-maximum-not-raised', state };
    return row('maximum-raised', { L, M: m, P });
  }
  if (!(m >= P + inc(P))) return { outcome: 'below-minimum', state };
  if (m <= M) return row('outbid', { L, M, P: Math.max(P, Math.min(M, m + inc(m))) });
  return row('leading', { L: b, M: m, P: Math.max(P, Math.min(m, M + inc(M))) });
}
