import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { BidAnswer } from '#contracts/http/lots.js';
import { freePort } from '#testing/free-ports.js';
import { until } from '#testing/until.js';
import type { Answer, GavelClient } from './testing/gavel-client.js';
import { emptyDirectory, ServerProcess } from './testing/server-process.js';

/** The bids of a lot, page by page. */
async function allBids(
  client: GavelClient,
  lotId: string,
): Promise<{ bidId: string; sequence: number; amount: number }[]> {
  const bids = [];
  for (let cursor = ''; ; ) {
    const { body } = await client.get(`/api/lots/${lotId}/bids?limit=1000${cursor}`);
    bids.push(...body.items);
    if (body.nextCursor === null) return bids;
    cursor = `&cursor=${body.nextCursor}`;
  }
}

describe('the life of the process', () => {
  let dataDir: string;
  let server: ServerProcess;
  beforeEach(async () => {
    dataDir = await emptyDirectory();
  });
  afterEach(async () => {
    await server.end('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each([
    { signal: 'SIGKILL', bidders: 16 },
    { signal: 'SIGTERM', bidders: 16 },
    // So many that batches are decided ahead of their commits.
    { signal: 'SIGKILL', bidders: 300 },
  ] as const)(
    'keeps every acknowledged bid once when $signal ends it under the load of $bidders bidders',
    async ({ signal, bidders }) => {
      server = await ServerProcess.start(dataDir);
      const { lotId } = await server.admin.openLot();
      const bidder = await server.admin.newCaller('bidder', 'ada');
      const acknowledged: BidAnswer[] = [];
      const others: number[] = [];
      let amount = 100;
      let stopped = false;
      const bid = async () => {
        while (!stopped) {
          amount += 1;
          const answer = await bidder.post(`/api/lots/${lotId}/bids`, { amount }).catch(() => null);
          if (answer?.status === 201) acknowledged.push(answer.body);
          else if (answer !== null) others.push(answer.status);
        }
      };
      const load = Array.from({ length: bidders }, bid);
      await until(() => acknowledged.length > 10 * bidders, 20_000);
      const code = await server.end(signal);
      stopped = true;
      await Promise.all(load);
      if (signal === 'SIGTERM') expect(code).toBe(0);
      expect(others.filter((status) => status !== 503)).toEqual([]);

      server = await ServerProcess.start(dataDir);
      const stored = await allBids(server.admin, lotId);
      expect(stored.map(({ sequence }) => sequence)).toEqual(stored.map((_, i) => i + 1));
      expect(new Set(stored.map(({ bidId }) => bidId)).size).toBe(stored.length);
      const byId = new Map(stored.map((bid) => [bid.bidId, bid]));
      for (const { bidId, amount, sequence } of acknowledged) {
        expect(byId.get(bidId)).toMatchObject({ amount, sequence });
      }
      const winner = stored.reduce((best, bid) => (bid.amount > best.amount ? bid : best));
      expect(await server.admin.close(lotId)).toMatchObject({
        state: 'sold',
        amount: winner.amount,
        bidId: winner.bidId,
      });
    },
    60_000,
  );

  it('answers bids with 503 while the disk is full and nothing is spooled, loses none that it acknowledged, answers queries, and recovers', async () => {
    server = await ServerProcess.start(dataDir, { GAVEL_SPOOL_MAX: '0' }, 1_500);
    const { admin } = server;
    const { lotId } = await admin.openLot();
    const bidder = await admin.newCaller('bidder', 'ada');
    const acknowledged: string[] = [];
    let refusal: Answer | undefined;
    for (let amount = 101; refusal === undefined && amount < 20_000; amount += 20) {
      const bid = (_: unknown, i: number) => bidder.post(`/api/lots/${lotId}/bids`, { amount: amount + i });
      const answers = await Promise.all(Array.from({ length: 20 }, bid));
      for (const { status, body } of answers) if (status === 201) acknowledged.push(body.bidId);
      refusal = answers.find(({ status }) => status !== 201);
    }
    expect(refusal).toMatchObject({ status: 503, body: { code: 'store-unavailable' } });
    expect(refusal?.headers.get('retry-after')).toBe('1');
    expect((await admin.get(`/api/lots/${lotId}`)).status).toBe(200);
    expect((await admin.get('/api/auctions')).status).toBe(200);

    expect(await admin.get('/health/ready')).toMatchObject({ status: 503, body: { status: 'unavailable' } });

    server.liftFileLimit();
    await until(async () => (await bidder.post(`/api/lots/${lotId}/bids`, { amount: 500_000 })).status === 201);
    await until(async () => (await admin.lot(lotId)).currentPrice === 500_000);
    expect((await admin.get('/health/ready')).status).toBe(200);
    // The list of bids is a file of its own: it may have been full before, and go on later.
    await until(async () => (await allBids(admin, lotId)).some(({ amount }) => amount === 500_000));
    const stored = (await allBids(admin, lotId)).map(({ bidId }) => bidId);
    expect(new Set(stored).size).toBe(stored.length);
    expect(acknowledged.filter((bidId) => !stored.includes(bidId))).toEqual([]);
  }, 60_000);

  it('ends within seconds although connections are kept open', async () => {
    server = await ServerProcess.start(dataDir);
    const { port } = new URL(server.admin.url);
    const silent = connect(Number(port), '127.0.0.1');
    const half = connect(Number(port), '127.0.0.1');
    silent.on('error', () => undefined);
    half.on('error', () => undefined);
    half.write('POST /api/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nContent-Type: application/json\r\n\r\n{');
    await server.admin.get('/api/auctions');
    const before = Date.now();
    expect(await server.end('SIGTERM')).toBe(0);
    expect(Date.now() - before).toBeLessThan(20_000);
    silent.destroy();
    half.destroy();
  }, 60_000);

  it('says at the start where it listens, where the data is, how to get a key and where the docs are', async () => {
    server = await ServerProcess.start(dataDir, { GAVEL_ADMIN_KEY: '' });
    for (const line of [
      server.admin.url.replace('127.0.0.1', 'localhost'),
      dataDir,
      'gvl_admin_',
      '/api/keys',
      '/api/docs',
    ]) {
      expect(server.output).toContain(line);
    }
    expect(await server.end('SIGINT')).toBe(0);
  });

  it('names the setting of the address that this machine has not, not that of the port', async () => {
    server = ServerProcess.spawn({ GAVEL_DATA_DIR: dataDir, HOST: '192.0.2.1' }, await freePort());
    expect(await server.exit()).toBe(1);
    expect(server.output).toMatch(/^gavel: HOST: .*EADDRNOTAVAIL.*\n$/m);
  });

  const settings: [name: string, value: string, line: RegExp][] = [
    ['PORT', '0x10', /^gavel: PORT must be a whole number in decimal digits\n$/],
    ['PORT', '70000', /^gavel: PORT must be <= 65535\n$/],
    ['GAVEL_ADMIN_KEY', 'short', /^gavel: GAVEL_ADMIN_KEY must NOT have fewer than 16 characters\n$/],
    ['GAVEL_RATE_LIMIT', '-1', /^gavel: GAVEL_RATE_LIMIT must be >= 0\n$/],
    ['GAVEL_LOG_LEVEL', 'loud', /^gavel: GAVEL_LOG_LEVEL must be equal to one of the allowed values: fatal, .*\n$/],
    ['GAVEL_ROLES', 'api,projectr', /^gavel: GAVEL_ROLES must list some of api, .*, and "projectr" is none\n$/],
    [
      'GAVEL_TRUSTED_PROXIES',
      '10.0.0.1,balancer',
      /^gavel: GAVEL_TRUSTED_PROXIES must list .*, and "balancer" is none\n$/,
    ],
    ['JWT_ISSUER', 'https://issuer.example', /^gavel: JWT_JWKS_URL is missing, but .*\n$/],
    ['KAFKA_BROKERS', 'localhost', /^gavel: KAFKA_BROKERS must match pattern/],
    ['GAVEL_DATA_DIR', '/proc/gavel', /^gavel: \/proc\/gavel cannot be made: ENOENT.*\n$/],
    ['KAFKA_SSL_CA', 'ca.pem', /^gavel: KAFKA_BROKERS is missing, but KAFKA_SSL_CA is set\n$/],
  ];

  it.each(settings)('stops with one line when %s is %s', async (name, value, line) => {
    server = ServerProcess.spawn({ GAVEL_DATA_DIR: dataDir, [name]: value }, await freePort());
    expect(await server.exit()).toBe(1);
    expect(server.output).toMatch(line);
  });

  it('refuses to share its data with a second process, and a port that is taken', async () => {
    server = await ServerProcess.start(dataDir);
    const second = ServerProcess.spawn({ GAVEL_DATA_DIR: dataDir }, await freePort());
    expect(await second.exit()).toBe(1);
    expect(second.output).toMatch(/^gavel: .*\n$/);
    expect(second.output).toContain(dataDir);
    const otherDir = await emptyDirectory();
    const third = ServerProcess.spawn({ GAVEL_DATA_DIR: otherDir }, Number(new URL(server.admin.url).port));
    expect(await third.exit()).toBe(1);
    expect(third.output).toMatch(/^gavel: PORT: .*EADDRINUSE.*\n$/m);
    await rm(otherDir, { recursive: true });
  });
});
