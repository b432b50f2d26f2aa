import type { AuctionsQuery } from '#contracts/http/auctions.js';
import { auctions } from '#read-models/projections/auctions.js';
import { listings } from '#read-models/projections/listings.js';
import { auctionCreated } from '#testing/auction-builders.js';
import { id } from '#testing/lot-builders.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { Visibility } from '../http/visibility.js';
import { LaggingModel } from '../push/testing/lagging-model.js';
import { AuctionQueriesController } from './auction-queries.controller.js';

/** Read models that come along as a test wants, behind auctions whose ids fall: the first one has the highest. */
class Listed {
  readonly store = new MemoryEventStore();
  readonly auctions = new LaggingModel(this.store, auctions);
  readonly listings = new LaggingModel(this.store, listings);
  private readonly controller: AuctionQueriesController;

  constructor(count: number) {
    const models = this as never;
    this.controller = new AuctionQueriesController(models, new Visibility(this.store, models));
    for (let n = 1; n <= count; n += 1) this.create(n);
  }

  create(n: number): void {
    const event = auctionCreated({ auctionId: id(100 - n), title: `${n}` });
    const metadata = { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'system' };
    this.store.commit(`auction-${id(100 - n)}`, 'no-stream', [{ id: `${n}`, version: 1, metadata, ...event }]);
  }

  async find(query: AuctionsQuery = {}): Promise<{ titles: string[]; nextCursor: string | null }> {
    const request = { query, principal: { role: 'admin', subject: 'ada' } };
    const { items, nextCursor } = await this.controller.auctions(request as never);
    return { titles: items.map(({ title }) => title), nextCursor };
  }
}

describe('a page of auctions', () => {
  it('leaves out what one of the two read models does not have yet, and never what is older', async () => {
    const listed = new Listed(4);
    await listed.listings.advance();
    await listed.auctions.advance(2);
    expect(await listed.find()).toEqual({ titles: ['1', '2'], nextCursor: null });
    expect(await listed.find({ order: 'newest' })).toEqual({ titles: ['2', '1'], nextCursor: null });
    await listed.auctions.advance();
    listed.create(5);
    await listed.auctions.advance();
    expect((await listed.find()).titles).toEqual(['1', '2', '3', '4']);
    expect((await listed.find({ order: 'newest' })).titles).toEqual(['4', '3', '2', '1']);
  });

  it.each(['listings', 'auctions'] as const)('waits until the %s have come to the position it names', async (late) => {
    const listed = new Listed(1);
    await listed[late === 'listings' ? 'auctions' : 'listings'].advance();
    let answered = false;
    const page = listed.find({ atLeast: '1' }).finally(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answered).toBe(false);
    await listed[late].advance();
    expect((await page).titles).toEqual(['1']);
  });
});
