import { incrementAt, incrementPresets, isIncrementTable } from './increments.js';

/** From the rules: below each price, the step; above the last, the step at the end. In minor units. */
const eBay: [below: number, step: number][] = [
  [100, 5],
  [500, 25],
  [2_500, 50],
  [10_000, 100],
  [25_000, 250],
  [50_000, 500],
  [100_000, 1_000],
  [250_000, 2_500],
  [500_000, 5_000],
  [Number.POSITIVE_INFINITY, 10_000],
];

describe("eBay's increments", () => {
  it.each(eBay)('are, below %d, steps of %d', (below, step) => {
    const last = below === Number.POSITIVE_INFINITY ? 999_999_999_999 : below - 1;
    expect(incrementAt(incrementPresets.ebay, last)).toBe(step);
  });

  it('have half-open bands: a boundary takes the step above it', () => {
    const atBoundaries = eBay.slice(0, -1).map(([boundary]) => incrementAt(incrementPresets.ebay, boundary));
    expect([incrementAt(incrementPresets.ebay, 0), ...atBoundaries]).toEqual(eBay.map(([, step]) => step));
  });
});

/** As the sources publish them, in whole units: up to each price, the step. */
const published = {
  'trade-me': [
    [20, 0.5],
    [200, 1],
    [1_000, 5],
    [5_000, 10],
    [25_000, 50],
    [Number.POSITIVE_INFINITY, 100],
  ],
  copart: [
    [5, 1],
    [40, 5],
    [100, 10],
    [1_000, 25],
    [5_000, 50],
    [25_000, 100],
    [50_000, 250],
    [100_000, 500],
    [Number.POSITIVE_INFINITY, 1_000],
  ],
} as const;

describe.each(['trade-me', 'copart'] as const)('the increments of %s', (name) => {
  it('are those that are published', () => {
    const below = published[name].map(([to]) => Math.min(to * 100 - 1, 999_999_999_999));
    expect(below.map((price) => incrementAt(incrementPresets[name], price))).toEqual(
      published[name].map(([, step]) => step * 100),
    );
  });

  it('have half-open bands: a boundary takes the step above it', () => {
    const boundaries = [0, ...published[name].slice(0, -1).map(([to]) => to * 100)];
    expect(boundaries.map((price) => incrementAt(incrementPresets[name], price))).toEqual(
      published[name].map(([, step]) => step * 100),
    );
  });
});

describe('an increment table', () => {
  it.each(Object.entries(incrementPresets))('by the name %s has a step for every price', (_, table) => {
    expect(isIncrementTable(table)).toBe(true);
  });

  it.each([
    ['is empty', []],
    ['begins above 0', [{ from: 1, step: 1 }]],
    [
      'falls',
      [
        { from: 0, step: 1 },
        { from: 9, step: 2 },
        { from: 8, step: 3 },
      ],
    ],
    [
      'has a band twice',
      [
        { from: 0, step: 1 },
        { from: 9, step: 2 },
        { from: 9, step: 3 },
      ],
    ],
  ])('is none when it %s', (_, table) => {
    expect(isIncrementTable(table)).toBe(false);
  });
});
