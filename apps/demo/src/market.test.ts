import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '#testing/until.js';
import { GavelHttp } from './gavel-http.js';
import { Market } from './market.js';

/** As much of Gavel as the market asks for; it refuses what it is told to, once. */
class House {
  readonly auctions: { auctionId: string; title: string; state: string; lots: { state: string }[] }[] = [];
  readonly refusals = new Set<string>();
  /** Requests whose connection breaks, each once. */
  readonly breaks = new Set<string>();

  private constructor(private readonly server: Server) {}

  static async open(): Promise<House> {
    const house: House = new House(
      createServer(async (request, response) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        if (house.breaks.delete(`${request.method} ${request.url}`)) return response.destroy();
        const asked = `${request.method} ${request.url}`;
        const refused = [...house.refusals].find((each) => asked.endsWith(each));
        response.statusCode = refused === undefined ? 200 : 429;
        response.setHeader('content-type', 'application/json');
        if (refused !== undefined) house.refusals.delete(refused);
        const answer =
          refused === undefined ? house.answer(asked, body) : { code: 'rate-limited', detail: 'Too fast.' };
        response.end(JSON.stringify(answer));
      }),
    );
    house.server.listen(0, '127.0.0.1');
    await once(house.server, 'listening');
    return house;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(asked: string, body: string): object {
    const [, , what, id, step] = asked.split('/');
    if (asked === 'POST /api/auctions') {
      const auction = { auctionId: String(this.auctions.length), title: JSON.parse(body).title, state: 'created' };
      this.auctions.push({ ...auction, lots: [] });
      return auction;
    }
    const auction = this.auctions[Number(id)];
    if (what !== 'auctions' || auction === undefined) throw new Error(`nothing is known of ${asked}`);
    if (step === 'lots') auction.lots.push({ state: 'listed' });
    if (step === 'start') {
      auction.state = 'started';
      for (const lot of auction.lots) lot.state = 'open';
    }
    return auction;
  }
}

describe('the market of the demo', () => {
  let house: House;
  const stop = new AbortController();
  beforeEach(async () => {
    house = await House.open();
  });
  afterEach(() => {
    stop.abort();
    house.close();
  });

  it('notes what is refused and goes on: no auction, no lot and no start that is refused ends it', async () => {
    const notes: string[] = [];
    const market = new Market(new GavelHttp(house.url, 'a-key', stop.signal), (line) => notes.push(line));
    house.refusals
      .add('POST /api/auctions')
      .add('POST /api/auctions/0/lots')
      .add('/auctions/1/start')
      .add('GET /api/auctions/2');
    house.breaks.add('GET /api/auctions/1');
    await market.open();
    expect(house.auctions.map(({ title }) => title.split(' ')[0])).toEqual(['Watches,', 'Warehouse', 'Evening', 'Car']);
    const running = market.run(stop.signal).catch((error: unknown) => error);
    await until(
      () => market.openLots.length > 0 && house.auctions.filter(({ state }) => state === 'started').length === 3,
    );
    expect(house.auctions.map(({ state, lots }) => [state, lots.length])).toEqual([
      ['started', 7],
      ['started', 3],
      ['created', 8],
      ['started', 10],
    ]);
    const [first] = house.auctions;
    (first as { state: string }).state = 'ended';
    await until(() => house.auctions[4]?.state === 'started');
    const refused = (what: string) =>
      `The market goes on without this: ${what} was refused, 429 rate-limited: Too fast.`;
    expect(notes.filter((note) => note.includes('no answer'))).toEqual([
      expect.stringContaining('GET /api/auctions/1 got no answer: TypeError: fetch failed'),
    ]);
    expect(notes.filter((note) => !note.includes('no answer')).sort()).toEqual(
      ['GET /api/auctions/2', 'POST /api/auctions', 'POST /api/auctions/0/lots', 'POST /api/auctions/1/start'].map(
        refused,
      ),
    );
    stop.abort();
    expect(await running).toMatchObject({ name: 'AbortError' });
  }, 30_000);
});
