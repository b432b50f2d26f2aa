import { type Standing, standingAfter } from './standing.js';

describe('where a bidder stands', () => {
  it.each<[Standing, Parameters<typeof standingAfter>[1], Parameters<typeof standingAfter>[2], Standing]>([
    [null, undefined, 'open', null],
    [null, { bid: true, leading: true }, 'open', 'leading'],
    [null, { bid: true }, 'open', 'outbid'],
    ['leading', { leading: true }, 'open', 'leading'],
    ['leading', { outbid: true }, 'open', 'outbid'],
    ['leading', undefined, 'open', 'outbid'],
    ['outbid', undefined, 'open', 'outbid'],
    ['outbid', { leading: true }, 'open', 'leading'],
    ['leading', { won: true }, 'sold', 'won'],
    ['won', undefined, 'sold', 'won'],
    ['outbid', undefined, 'sold', 'lost'],
    ['leading', undefined, 'withdrawn', 'lost'],
    [null, undefined, 'sold', null],
    [null, { bought: true }, 'sold', 'bought'],
    ['bought', undefined, 'sold', 'bought'],
  ])('%s, then %j of a lot that is %s: %s', (before, you, state, after) => {
    expect(standingAfter(before, you, state)).toBe(after);
  });
});
