import type { ScanOptions } from '#read-models/read-model.js';
import type { BidRow } from '#read-models/rows.js';
import { validBids } from './valid-bids.js';

const PREFIX = 'lot/one/';
const { signal } = new AbortController();

/** Bids of which the first one and the 6,000th are valid. */
class ManyBids {
  scanned = 0;
  private readonly rows = Array.from({ length: 7_000 }, (_, i) => {
    const outcome = i === 0 || i === 5_999 ? 'leading' : 'not-highest';
    return { key: `${PREFIX}${String(i + 1).padStart(12, '0')}`, row: { sequence: i + 1, outcome } as BidRow };
  });

  scan({ after, limit }: ScanOptions) {
    const found = this.rows.filter(({ key }) => after === undefined || key > after).slice(0, limit);
    this.scanned += found.length;
    return found;
  }
}

const sequenceOf = (key: string | null | undefined) => Number(key?.slice(PREFIX.length));

describe('a page of valid bids', () => {
  let bids: ManyBids;
  beforeEach(() => {
    bids = new ManyBids();
  });

  it('ends early after so many bids that were looked at, and the next one goes on behind the last of them', async () => {
    const first = await validBids(bids, { prefix: PREFIX, after: undefined, limit: 100, signal });
    expect([first.found.map(({ row }) => row.sequence), sequenceOf(first.last), bids.scanned]).toEqual([
      [1],
      5_000,
      5_000,
    ]);
    const next = await validBids(bids, { prefix: PREFIX, after: first.last ?? undefined, limit: 100, signal });
    expect([next.found.map(({ row }) => row.sequence), next.last]).toEqual([[6_000], null]);
  });

  it('is full with as many as are wanted, and loses none behind them', async () => {
    const first = await validBids(bids, { prefix: PREFIX, after: undefined, limit: 1, signal });
    expect([first.found.length, sequenceOf(first.last), bids.scanned]).toEqual([1, 1, 500]);
  });

  it('is not looked for any more when the caller has gone', async () => {
    const gone = new AbortController();
    const page = validBids(bids, { prefix: PREFIX, after: undefined, limit: 100, signal: gone.signal });
    gone.abort();
    await page;
    expect(bids.scanned).toBe(500);
    await validBids(bids, { prefix: PREFIX, after: undefined, limit: 100, signal: gone.signal });
    expect(bids.scanned).toBe(500);
  });
});
