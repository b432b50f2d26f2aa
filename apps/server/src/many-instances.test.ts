import { checkHistory } from '#testing/history/check-history.js';
import { Recorder } from '#testing/history/recorder.js';
import { until } from '#testing/until.js';
import type { GavelClient } from './testing/gavel-client.js';
import { Instances } from './testing/instances.js';

const PATIENCE_MS = 45_000;

/** Callers that bid at random instances until they are told to stop; every amount is bid once. */
class BidLoad {
  readonly recorder = new Recorder();
  private readonly callers: Promise<void>[];
  private amount = 100;
  private stopped = false;

  constructor(bidder: string, instances: () => readonly GavelClient[], lotId: string, callers = 12) {
    const bid = async (caller: number) => {
      for (let turn = caller; !this.stopped; turn += 1) {
        this.amount += 1;
        const value = this.amount;
        const clients = instances();
        const client = clients[turn % clients.length] as GavelClient;
        await this.recorder.record({ kind: 'bid', caller: bidder, value }, () =>
          client.post(`/api/lots/${lotId}/bids`, { amount: value }),
        );
      }
    };
    this.callers = Array.from({ length: callers }, (_, i) => bid(i));
  }

  acknowledged(): number {
    return this.recorder.operations.filter(({ status }) => status === 201 || status === 202).length;
  }

  /** Until so many more were acknowledged. */
  async more(count: number): Promise<void> {
    const before = this.acknowledged();
    await until(() => this.acknowledged() >= before + count, PATIENCE_MS);
  }

  async stop(): Promise<Recorder['operations']> {
    this.stopped = true;
    await Promise.all(this.callers);
    return this.recorder.operations;
  }

  /** Every status that was answered. */
  statuses(): (number | null)[] {
    return [...new Set(this.recorder.operations.map(({ status }) => status))].sort();
  }
}

describe('three instances on one event store', () => {
  let instances: Instances;
  let bidders: GavelClient[];
  beforeAll(async () => {
    instances = await Instances.start(3, { GAVEL_SPOOL_AFTER_MS: '3000' });
    const [admin] = instances.admins as [GavelClient];
    bidders = instances.everywhere(await admin.newCaller('bidder', 'ada'));
  }, 200_000);
  afterAll(() => instances.stop(), 30_000);

  /** No bid waits in a spool any more. */
  const drained = () =>
    until(async () => {
      const metrics = await Promise.all(instances.admins.map((admin) => admin.get('/metrics')));
      return metrics.every(({ body }) => /^gavel_spool_depth 0$/m.test(body));
    }, PATIENCE_MS);

  /** Closes the lot and compares what everybody was told with what is stored. */
  async function settle(lotId: string, load: BidLoad): Promise<void> {
    const operations = await load.stop();
    await drained();
    const [admin] = instances.admins as [GavelClient];
    await admin.close(lotId);
    const events = await instances.stream(`lot-${lotId}`);
    expect(checkHistory(operations, events)).toEqual([]);
    const { position } = await admin.lot(lotId);
    const results = instances.admins.map((each) => each.get(`/api/lots/${lotId}/result?atLeast=${position}`));
    const [first, ...others] = (await Promise.all(results)).map(({ body }) => body);
    expect(first).toMatchObject({ state: 'sold', winnerId: 'ada' });
    expect(others).toEqual([first, first]);
  }

  it('take bids for one lot: contiguous, none lost or doubled, one winner on each', async () => {
    const { lotId } = await instances.openLot();
    const load = new BidLoad('ada', () => bidders, lotId, 24);
    await load.more(600);
    await settle(lotId, load);
    expect(load.statuses().filter((status) => status !== 201 && status !== 202)).toEqual([]);
  }, 120_000);

  it('know a key that another one issued, and show what was written elsewhere at its position', async () => {
    const { lotId } = await instances.openLot();
    const [admin] = instances.admins as [GavelClient];
    for (let i = 0; i < 10; i += 1) {
      const [, here, there] = instances.everywhere(await admin.newCaller('bidder', `new-${i}`)) as Everywhere;
      const { position } = await here.bid(lotId, 1_000 + i);
      expect(await there.lot(lotId, position)).toMatchObject({ currentPrice: 1_000 + i });
    }
  }, 60_000);

  it('decide once: 50 at once start, close and end a lot that two fight for, and the highest wins', async () => {
    const [admin] = instances.admins as [GavelClient];
    const rivals = instances.everywhere(await admin.newCaller('bidder', 'ben'));
    const { auctionId } = await admin.createAuction();
    const { lotId } = await admin.addLot(auctionId);
    const fifty = async (path: string) => {
      const asked = Array.from({ length: 50 }, (_, i) => (instances.admins[i % 3] as GavelClient).post(path));
      expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]));
    };
    await fifty(`/api/auctions/${auctionId}/start`);
    const amounts = Array.from({ length: 30 }, (_, i) => 20_000 + ((i * 7) % 30));
    const bids = amounts.map((amount, i) =>
      ((i % 2 === 0 ? bidders : rivals)[i % 3] as GavelClient).bid(lotId, amount),
    );
    const best = (await Promise.all(bids))[amounts.indexOf(20_029)];
    await fifty(`/api/lots/${lotId}/close`);
    await fifty(`/api/auctions/${auctionId}/end`);
    await until(async () => (await instances.stream(`auction-${auctionId}`)).at(-1)?.type === 'AuctionEnded');
    const types = async (stream: string) => (await instances.stream(stream)).map(({ type }) => type);
    expect(await types(`auction-${auctionId}`)).toEqual([
      'AuctionCreated',
      'LotAdded',
      'AuctionStarted',
      'LotSettled',
      'AuctionEnding',
      'AuctionEnded',
    ]);
    const placed = Array.from(amounts, () => 'BidPlaced');
    expect(await types(`lot-${lotId}`)).toEqual(['LotListed', 'LotOpened', ...placed, 'LotClosed', 'LotSold']);
    const winnerId = amounts.indexOf(20_029) % 2 === 0 ? 'ada' : 'ben';
    const { position } = await admin.lot(lotId);
    for (const each of instances.admins) {
      const { body } = await each.get(`/api/lots/${lotId}/result?atLeast=${position}`);
      expect(body).toMatchObject({ state: 'sold', winnerId, amount: 20_029, bidId: best?.bidId });
    }
  }, 60_000);

  it('keep every acknowledged bid, in order, while their ways to the store are slow, cut and dead in turn', async () => {
    const { lotId } = await instances.openLot();
    const load = new BidLoad('ada', () => bidders, lotId);
    const [slow, cut, dead] = instances.networks as [Network, Network, Network];
    await load.more(50);
    slow.delay(30);
    await load.more(50);
    cut.reset();
    await load.more(50);
    dead.blackHole();
    await until(() => load.recorder.operations.some(({ status }) => status === 202), PATIENCE_MS);
    await load.more(50);
    for (const network of instances.networks) await network.heal();
    await load.more(50);
    await load.stop();
    await settle(lotId, load);
    expect(load.statuses().filter((status) => ![201, 202, 503].includes(status ?? 0))).toEqual([]);
  }, 200_000);

  it('restart one after the other under load: nothing acknowledged is lost, and nothing but 503 with Retry-After is answered', async () => {
    const { lotId } = await instances.openLot();
    const away = new Set<number>();
    // As a balancer does: whoever is to be stopped gets no new request.
    const inService = () => bidders.filter((_, i) => !away.has(i));
    const load = new BidLoad('ada', inService, lotId);
    for (const i of [0, 1, 2]) {
      await load.more(40);
      away.add(i);
      expect(await instances.servers[i]?.end('SIGTERM')).toBe(0);
      const { admin } = await instances.startOne(i);
      bidders[i] = admin.as(bidders[i]?.key ?? null);
      away.delete(i);
    }
    await load.more(40);
    await load.stop();
    const failed = load.recorder.operations.filter(({ status }) => status !== null && status >= 500);
    expect(failed.filter(({ status, body }) => status !== 503 || body['code'] === undefined)).toEqual([]);
    await settle(lotId, load);
  }, 200_000);
});

type Everywhere = [GavelClient, GavelClient, GavelClient];
type Network = Instances['networks'][number];
