import type { GavelEvent } from '#contracts/events/catalogue.js';
import type { AuctionSummary, AuctionsQuery } from '#contracts/http/auctions.js';
import type { Page } from '#contracts/http/pages.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { auctions } from '#read-models/projections/auctions.js';
import { listings } from '#read-models/projections/listings.js';
import { lots } from '#read-models/projections/lots.js';
import { auctionCreated } from '#testing/auction-builders.js';
import { id, listed as lotListed } from '#testing/lot-builders.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { Visibility } from '../http/visibility.js';
import { LaggingModel } from '../push/testing/lagging-model.js';
import { AuctionQueriesController } from './auction-queries.controller.js';

/** Read models that come along as a test wants, behind auctions whose ids fall: the first one has the highest. */
class Listed {
  readonly store = new MemoryEventStore();
  readonly auctions = new LaggingModel(this.store, auctions);
  readonly listings = new LaggingModel(this.store, listings);
  readonly lots = new LaggingModel(this.store, lots);
  private readonly controller: AuctionQueriesController;

  constructor(count: number, lotsEach = 0) {
    const models = this as never;
    this.controller = new AuctionQueriesController(
      models,
      new Visibility(this.store, models),
      new BidderAliases('key'),
    );
    for (let n = 1; n <= count; n += 1) this.create(n, lotsEach);
  }

  create(n: number, lotCount = 0): void {
    const auctionId = id(100 - n);
    this.begin(`auction-${auctionId}`, auctionCreated({ auctionId, title: `${n}` }));
    for (let ordinal = 1; ordinal <= lotCount; ordinal += 1) {
      const lotId = id(n * 10_000 + ordinal);
      const { type, data } = lotListed();
      this.begin(`lot-${lotId}`, { type, data: { ...data, auctionId, lotId, ordinal } } as GavelEvent);
    }
  }

  async advance(): Promise<void> {
    for (const model of [this.auctions, this.listings, this.lots]) await model.advance();
  }

  async find(query: AuctionsQuery = {}): Promise<{ titles: string[]; nextCursor: string | null; lots: number[] }> {
    const request = { query, principal: { role: 'admin', subject: 'ada' } };
    const json = await this.controller.auctions(request as never, { type: () => undefined } as never);
    const { items, nextCursor }: Page<AuctionSummary> = JSON.parse(json);
    return { titles: items.map(({ title }) => title), nextCursor, lots: items.map((item) => item.lots.length) };
  }

  private begin(stream: string, event: GavelEvent): void {
    const metadata = { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'system' };
    this.store.commit(stream, 'no-stream', [{ id: stream, version: 1, metadata, ...event }]);
  }
}

describe('a page of auctions', () => {
  it('leaves out what one of the two read models does not have yet, and never what is older', async () => {
    const listed = new Listed(4);
    await listed.listings.advance();
    await listed.auctions.advance(2);
    expect(await listed.find()).toMatchObject({ titles: ['1', '2'], nextCursor: null });
    expect(await listed.find({ order: 'newest' })).toMatchObject({ titles: ['2', '1'], nextCursor: null });
    await listed.auctions.advance();
    listed.create(5);
    await listed.auctions.advance();
    expect((await listed.find()).titles).toEqual(['1', '2', '3', '4']);
    expect((await listed.find({ order: 'newest' })).titles).toEqual(['4', '3', '2', '1']);
  });

  it('ends in front of an auction that comes while it is made, and does not go on behind it', async () => {
    const listed = new Listed(25);
    await listed.listings.advance();
    await listed.auctions.advance(19);
    const get = listed.auctions.get.bind(listed.auctions);
    listed.auctions.get = (key) => {
      const row = get(key);
      if (row === null) void listed.auctions.advance();
      return row;
    };
    const { titles, nextCursor } = await listed.find();
    expect([titles.length, titles.at(-1), nextCursor]).toEqual([19, '19', null]);
    expect((await listed.find()).titles).toHaveLength(25);
  });

  const models = ['listings', 'auctions', 'lots'] as const;
  it.each(models)('waits until the %s have come to the position it names', async (late) => {
    const listed = new Listed(1);
    for (const model of models) if (model !== late) await listed[model].advance();
    let answered = false;
    const page = listed.find({ atLeast: '1' }).finally(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answered).toBe(false);
    await listed[late].advance();
    expect((await page).titles).toEqual(['1']);
  });

  it('ends early, with its cursor, once its auctions have 5,000 lots, and lets others have their turn meanwhile', async () => {
    const listed = new Listed(3, 3_000);
    await listed.advance();
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const first = await listed.find({ order: 'newest' });
    isOver = true;
    expect(first).toMatchObject({ titles: ['3', '2'], lots: [3_000, 3_000] });
    expect(turns).toBeGreaterThanOrEqual(60);
    const rest = await listed.find({ order: 'newest', cursor: first.nextCursor as string });
    expect(rest).toEqual({ titles: ['1'], nextCursor: null, lots: [3_000] });
  });
});
