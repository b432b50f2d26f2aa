import { useEffect, useState } from 'react';
import { Tiles } from '../components/tiles.js';
import { lotStore } from '../live/lot-store.js';
import { formatMoney } from '../money/money.js';

const EVERY_MS = 500;

/** How the sale goes, over all lots. Counted twice a second: a sum over a thousand lots is not worth more. */
export function Totals({ lotIds, currency }: { lotIds: readonly string[]; currency: string }) {
  const [totals, setTotals] = useState(() => totalsOf(lotIds));
  useEffect(() => {
    setTotals(totalsOf(lotIds));
    const timer = setInterval(() => setTotals(totalsOf(lotIds)), EVERY_MS);
    return () => clearInterval(timer);
  }, [lotIds]);
  const tiles: [string, string][] = [
    ['Open', totals.open.toLocaleString()],
    ['Sold', totals.sold.toLocaleString()],
    ['Not sold', totals.passed.toLocaleString()],
    ['Bids', totals.bids.toLocaleString()],
    ['Sum of prices', formatMoney(totals.sum, currency)],
  ];
  return <Tiles tiles={tiles} />;
}

function totalsOf(lotIds: readonly string[]) {
  const totals = { open: 0, sold: 0, passed: 0, bids: 0, sum: 0 };
  for (const lotId of lotIds) {
    const lot = lotStore.lot(lotId);
    if (lot === undefined) continue;
    if (lot.state === 'open' || lot.state === 'sold' || lot.state === 'passed') totals[lot.state] += 1;
    totals.bids += lot.bidCount;
    if (lot.state === 'open' || lot.state === 'sold') totals.sum += lot.currentPrice ?? 0;
  }
  return totals;
}
