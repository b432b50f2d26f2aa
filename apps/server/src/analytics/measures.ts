/** What is counted. Every one is a sum, so that counts of disjoint sets of events merge by addition. */
export const MEASURES = [
  'bids',
  'purchases',
  'lotsSold',
  'lotsPassed',
  'lotsWithdrawn',
  'extensions',
  'revenue',
] as const;
export type Measure = (typeof MEASURES)[number];

/** `purchases` are units; `revenue` is in minor units of one currency. */
export type Measures = Readonly<Record<Measure, number>>;

export const noMeasures: Measures = {
  bids: 0,
  purchases: 0,
  lotsSold: 0,
  lotsPassed: 0,
  lotsWithdrawn: 0,
  extensions: 0,
  revenue: 0,
};

export function plus(a: Measures, b: Measures): Measures {
  return {
    bids: a.bids + b.bids,
    purchases: a.purchases + b.purchases,
    lotsSold: a.lotsSold + b.lotsSold,
    lotsPassed: a.lotsPassed + b.lotsPassed,
    lotsWithdrawn: a.lotsWithdrawn + b.lotsWithdrawn,
    extensions: a.extensions + b.extensions,
    revenue: a.revenue + b.revenue,
  };
}
