import type { LotHistoryEvent } from '#contracts/http/lot-history.js';
import type { Page } from '#contracts/http/pages.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';

const SECRETS = [987_654, 999_111];

describe('the history of a lot', () => {
  let running: RunningServer;
  let ada: GavelClient;
  let ben: GavelClient;
  let ann: GavelClient;
  beforeAll(async () => {
    running = await RunningServer.start();
    const { admin } = running;
    ada = await admin.newCaller('bidder', 'ada');
    ben = await admin.newCaller('bidder', 'ben');
    ann = await admin.newCaller('auctioneer', 'ann');
  });
  afterAll(() => running.stop());

  /** A lot under proxy with a reserve and two maxima that nobody may see. */
  async function proxyLot(): Promise<string> {
    const { auctionId } = await ann.createAuction();
    const { lotId } = await ann.addLot(auctionId, {
      bidPolicy: 'proxy',
      increments: 'ebay',
      reserve: SECRETS[1] as number,
    });
    await ann.run(auctionId, 'start');
    await ada.bid(lotId, SECRETS[0] as number);
    await ben.bid(lotId, 800_000);
    return lotId;
  }
  const history = (who: GavelClient, lotId: string, query = ''): Promise<Page<LotHistoryEvent>> =>
    who.expect(200, who.get(`/api/lots/${lotId}/history${query}`));

  it('is the lot itself when its changes are laid over each other', async () => {
    const lotId = await proxyLot();
    await ann.close(lotId);
    const { items } = await history(ada, lotId);
    const folded = Object.assign({}, ...items.map(({ changes }) => changes));
    const { position: _, ...lot } = await ada.lot(lotId);
    expect(folded).toEqual(lot);
    expect(items.map(({ revision, type }) => [revision, type])).toEqual([
      [0, 'LotListed'],
      [1, 'LotOpened'],
      [2, 'BidPlaced'],
      [3, 'BidPlaced'],
      [4, 'LotClosed'],
      [5, 'LotPassed'],
    ]);
  });

  it('comes in pages that lose nothing, each as the whole would have it', async () => {
    const lotId = await proxyLot();
    const whole = await history(ada, lotId);
    const paged: LotHistoryEvent[] = [];
    for (let cursor: string | null = '0'; cursor !== null; ) {
      const page: Page<LotHistoryEvent> = await history(ada, lotId, `?limit=1&cursor=${cursor}`);
      paged.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(whole.items);
    expect((await history(ben, lotId, '?cursor=3')).items).toEqual(whole.items.slice(3));
  });

  it('shows no maximum and no reserve to bidders, nor to the auctioneer of an open lot (rule P5)', async () => {
    const lotId = await proxyLot();
    for (const who of [ada, ben, ann]) {
      const text = JSON.stringify(await history(who, lotId));
      for (const secret of [...SECRETS, 800_000]) expect(text).not.toContain(String(secret));
      expect(text).not.toContain('stored');
    }
  });

  it('shows what is stored to an admin, and to an auctioneer once the lot is settled', async () => {
    const lotId = await proxyLot();
    const stored = async (who: GavelClient) =>
      (await history(who, lotId)).items.map((event) => (event.stored?.data as { amount?: number } | undefined)?.amount);
    expect(await stored(running.admin)).toEqual([undefined, undefined, SECRETS[0], 800_000]);
    await ann.close(lotId);
    expect((await stored(ann)).slice(0, 4)).toEqual([undefined, undefined, SECRETS[0], 800_000]);
    expect(await stored(ada)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
  });

  it('is no other for a cursor beyond its end that somebody asked for before', async () => {
    const lotId = await proxyLot();
    expect(await history(ada, lotId, '?cursor=5')).toEqual({ items: [], nextCursor: null });
    await ada.bid(lotId, 900_000);
    await ben.bid(lotId, 901_000);
    const whole = await history(ada, lotId);
    expect((await history(ben, lotId, '?cursor=5')).items).toEqual(whole.items.slice(5));
  });

  it('does not tell those who bid of reserves and late bids, nor why a lot passed (ADR 0014)', async () => {
    const lotId = await proxyLot();
    await ann.expect(200, ann.post(`/api/lots/${lotId}/reserve`, { reserve: 990_000 }));
    await ann.close(lotId);
    const partner = await running.admin.newCaller('partner', 'portal');
    const told = async (who: GavelClient) => {
      const { items } = await history(who, lotId, '?cursor=4');
      return items.map(({ revision, type, note }) => [revision, type, note]);
    };
    const closed = [5, 'LotClosed', 'auctioneer'];
    for (const who of [ada, partner]) expect(await told(who)).toEqual([closed, [6, 'LotPassed', undefined]]);
    for (const who of [ann, running.admin]) {
      expect(await told(who)).toEqual([[4, 'ReserveLowered', undefined], closed, [6, 'LotPassed', 'reserve-not-met']]);
    }
  });

  it('goes on behind a page of which nothing is shown', async () => {
    const lotId = await proxyLot();
    await ann.expect(200, ann.post(`/api/lots/${lotId}/reserve`, { reserve: 990_000 }));
    await ada.bid(lotId, 900_000);
    expect(await history(ada, lotId, '?cursor=4&limit=1')).toEqual({ items: [], nextCursor: '5' });
    expect((await history(ada, lotId, '?cursor=5')).items.map(({ revision }) => revision)).toEqual([5]);
  });

  it('of no lot is 404, and a wrong cursor is named', async () => {
    const nobody = '01890000-0000-7000-8000-000000000000';
    expect(await ada.get(`/api/lots/${nobody}/history`)).toMatchObject({
      status: 404,
      body: { code: 'lot-not-found' },
    });
    expect(await ada.get(`/api/lots/${nobody}/history?cursor=-1`)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'query.cursor' }] },
    });
  });
});
