import type { Comparison, Goal } from '../benchmark.js';
import { figure } from './figure.js';
import { medianLine, roundLine } from './lines.js';
import { markdown } from './markdown.js';
import { isMet, median, ratioOf } from './median.js';

const comparison = (goal: Goal, ours: number[], limit: number[]): Comparison => ({
  benchmark: 'http-bid',
  what: 'one lot',
  goal,
  ours: {
    name: 'Gavel',
    unit: 'bids/s',
    rounds: ours.map((value) => ({ value, details: { 'p50, ms': value / 1_000 } })),
  },
  limit: { name: 'Fastify', unit: 'requests/s', rounds: limit.map((value) => ({ value, details: {} })) },
});

describe('a median', () => {
  it('is the middle value, or lies between the two middle ones', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(() => median([])).toThrow('there is no median of nothing');
  });
});

describe('a comparison', () => {
  it('has the median of the ratios of its rounds: each round is of one moment', () => {
    expect(ratioOf(comparison(null, [10, 200, 30], [20, 100, 100]))).toBe(0.5);
  });

  it('meets a goal that is at least, or at most, so much', () => {
    expect(isMet({ atLeast: 0.4 }, 0.4)).toBe(true);
    expect(isMet({ atLeast: 0.4 }, 0.39)).toBe(false);
    expect(isMet({ atMost: 1.1 }, 1.1)).toBe(true);
    expect(isMet({ atMost: 1.1 }, 1.11)).toBe(false);
    expect(isMet(null, 0)).toBe(null);
  });

  it('tells each round, and at the end the medians and the goal', () => {
    const found = comparison({ atLeast: 0.4 }, [9_000, 10_000, 11_000], [30_000, 20_000, 22_000]);
    expect(roundLine(found, 1)).toBe(
      '    round 1: Gavel 9,000 bids/s (p50 9 ms); Fastify 30,000 requests/s; ratio 0.30',
    );
    expect(medianLine(found)).toBe(
      '    medians: Gavel 10,000 bids/s (p50 10 ms); Fastify 22,000 requests/s; ratio 0.50, goal at least 0.40: met',
    );
  });

  it('is a row of the table, its further figures are rows of another one', () => {
    expect(markdown([comparison({ atLeast: 0.4 }, [9_000, 10_000, 11_000], [30_000, 40_000, 50_000])])).toBe(
      [
        '| benchmark | what | Gavel | its limit | ratio | goal | met |',
        '| --- | --- | --- | --- | --- | --- | --- |',
        '| `http-bid` | one lot | 10,000 bids/s (Gavel) | 40,000 requests/s (Fastify) | **0.25** (0.30, 0.25, 0.22) | at least 0.40 | **no** |',
        '',
        '| benchmark | what | of | figure | median | rounds |',
        '| --- | --- | --- | --- | --- | --- |',
        '| `http-bid` | one lot | Gavel | p50, ms | 10 | 9; 10; 11 |',
        '',
      ].join('\n'),
    );
  });
});

describe('a figure', () => {
  it.each([
    [0, '0'],
    [0.012_345, '0.0123'],
    [9.876, '9.88'],
    [123.4, '123'],
    [12_345.6, '12,346'],
  ])('of %d is %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});
