import type { StoredEvent } from '#read-models/projection.js';
import { lots } from '#read-models/projections/lots.js';
import { LiveRows, RowsBehind } from './live-rows.js';
import { lotOf, Market } from './testing/market.js';

/** Two open lots, their read model, and rows that hold one lot at a time. */
async function twoLots() {
  const market = await Market.open([[0, 1]]);
  const { store, models } = market;
  const rows = new LiveRows(models.lots, lots, 1);
  const begin = (await store.head()) as string;
  return { market, models, rows, fed: async () => (await store.readAll(begin, 100)) as readonly StoredEvent[] };
}

describe('rows along with a feed', () => {
  it('leave out no event that came while their read model was behind', async () => {
    const { market, models, rows, fed } = await twoLots();
    for (const lot of [0, 1, 0, 0]) market.bid(0, lot);
    const [first, other, second, third] = (await fed()) as [StoredEvent, StoredEvent, StoredEvent, StoredEvent];
    rows.apply(first);
    // Lets go of the first lot, whose read model does not know its bid yet.
    rows.apply(other);
    expect(rows.apply(second)).toEqual({ before: null, after: null });
    expect(() => rows.get(lotOf(0))).toThrow(RowsBehind);
    // As far as what was let go of: the bids that came since are folded here, though the read model does not know them.
    await models.lots.advance(2);
    expect(rows.apply(third).after?.lot.bidCount).toBe(3);
    await models.lots.advance();
    expect(rows.get(lotOf(0))).toEqual(models.lots.get(lotOf(0)));
    await market.close();
  });

  it('are taken from their read model again once it knows what the feed left out', async () => {
    const { market, models, rows, fed } = await twoLots();
    market.bid(0, 0);
    market.bid(0, 0);
    const [first, second] = (await fed()) as [StoredEvent, StoredEvent];
    rows.apply(first);
    rows.letGo(second.position);
    await models.lots.advance(1);
    expect(() => rows.get(lotOf(0))).toThrow(RowsBehind);
    await models.lots.advance(1);
    expect(rows.get(lotOf(0))?.lot.bidCount).toBe(2);
    await market.close();
  });
});
