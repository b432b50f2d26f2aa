import { until } from '#testing/until.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { Instances } from '../testing/instances.js';
import { PushClient } from '../testing/push-client.js';

const PATIENCE_MS = 30_000;
const BIDS_AT_ONCE = 8;

describe('the push of two instances on one event store', () => {
  let instances: Instances;
  let here: GavelClient;
  let there: GavelClient;
  const open: PushClient[] = [];
  beforeAll(async () => {
    instances = await Instances.start(2);
    const [admin] = instances.admins as [GavelClient];
    [here, there] = instances.everywhere(await admin.newCaller('bidder', 'ada')) as [GavelClient, GavelClient];
  }, 200_000);
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
  });
  afterAll(() => instances.stop(), 30_000);

  const watch = async (caller: GavelClient, lotId: string, after?: string) => {
    const client = await PushClient.open(caller);
    open.push(client);
    client.send({ subscribe: { lots: [lotId], ...(after !== undefined && { after }) } });
    await until(() => client.of('Subscribed').length > 0, PATIENCE_MS);
    return client;
  };
  /** So many bids, each higher than those before, some at a time, at instances in turn. */
  const bids = async (count: number, lotId: string, from: number, ...callers: GavelClient[]) => {
    for (let first = 0; first < count; first += BIDS_AT_ONCE) {
      const amounts = Array.from({ length: Math.min(BIDS_AT_ONCE, count - first) }, (_, i) => from + first + i);
      await Promise.all(amounts.map((amount) => (callers[amount % callers.length] as GavelClient).bid(lotId, amount)));
    }
  };
  const storedBids = async (lotId: string) =>
    (await instances.stream(`lot-${lotId}`)).filter(({ type }) => type === 'BidPlaced');
  /** The bids that a client was told, once it has so many of its own or of those before it. */
  const told = async (count: number, ...clients: PushClient[]) => {
    const all = () => clients.flatMap((client) => client.of('BidPlaced'));
    await until(() => all().length >= count, PATIENCE_MS);
    return all().map(({ eventId, position, data }) => ({ eventId, position, sequence: data['sequence'] }));
  };
  const asStored = (events: Awaited<ReturnType<typeof storedBids>>) =>
    events.map(({ id, position, data }) => ({
      eventId: id,
      position,
      sequence: (data as { sequence: number }).sequence,
    }));

  it('tells a client of one the bids that were placed on the other, each once and in the order of the store', async () => {
    const { lotId } = await instances.openLot();
    const client = await watch(here, lotId);
    await bids(60, lotId, 1_000, there);
    expect(await told(60, client)).toEqual(asStored(await storedBids(lotId)));
    const { lot } = client.of('BidPlaced').at(-1) as { lot: object };
    expect(lot).toMatchObject({ bidCount: 60, currentPrice: 1_059 });
  }, 60_000);

  it('lets a client go on at the other one behind its position, with no gap and no duplicate, under bids on both', async () => {
    const { lotId } = await instances.openLot();
    let isOver = false;
    const load = (async () => {
      for (let from = 1_000; !isOver; from += BIDS_AT_ONCE) await bids(BIDS_AT_ONCE, lotId, from, here, there);
    })();
    const clients: PushClient[] = [];
    let after: string | undefined;
    // It moves house in the middle of the bids, again and again.
    for (const caller of [here, there, here, there]) {
      const client = await watch(caller, lotId, after);
      clients.push(client);
      await told(20, client);
      client.close();
      await client.gone();
      after = client.after;
    }
    clients.push(await watch(here, lotId, after));
    isOver = true;
    await load;
    const known = Number(clients[0]?.of('LotSnapshot')[0]?.['data'].bidCount);
    const stored = asStored(await storedBids(lotId));
    expect(await told(stored.length - known, ...clients)).toEqual(stored.slice(known));
    expect(clients.map((client) => client.of('LotSnapshot').length)).toEqual([1, 0, 0, 0, 0]);
  }, 90_000);

  it('lets a client go on at an instance that has not heard of its position yet', async () => {
    const { lotId } = await instances.openLot();
    const first = await watch(here, lotId);
    const [, network] = instances.networks as [Network, Network];
    network.stall('down');
    await bids(20, lotId, 1_000, here);
    await told(20, first);
    first.close();
    const client = await PushClient.open(there);
    open.push(client);
    client.send({ subscribe: { lots: [lotId], after: first.after } });
    await bids(BIDS_AT_ONCE, lotId, 2_000, here);
    expect(client.of('Subscribed')).toEqual([]);
    await network.heal();
    expect(await told(20 + BIDS_AT_ONCE, first, client)).toEqual(asStored(await storedBids(lotId)));
    expect(client.of('LotSnapshot')).toEqual([]);
  }, 60_000);

  it('lets a client go on at the other one when its own is killed', async () => {
    const { lotId } = await instances.openLot();
    const first = await watch(there, lotId);
    await bids(20, lotId, 1_000, there);
    await told(20, first);
    await instances.servers[1]?.end('SIGKILL');
    await first.gone();
    await bids(20, lotId, 2_000, here);
    const second = await watch(here, lotId, first.after);
    expect(await told(40, first, second)).toEqual(asStored(await storedBids(lotId)));
    expect(second.of('LotSnapshot')).toEqual([]);
  }, 60_000);
});

type Network = Instances['networks'][number];
