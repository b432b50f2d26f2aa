import { RunningServer } from '../testing/running-server.js';

describe('the route of analytics', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await RunningServer.start({ KAFKA_BROKERS: '127.0.0.1:1' });
  });
  afterAll(() => running.stop());
  const status = async (query: string) => (await running.admin.get(`/api/analytics?${query}`)).status;

  it('is for auctioneers and admins', async () => {
    const { admin } = running;
    expect((await admin.as(null).get('/api/analytics')).status).toBe(401);
    for (const role of ['bidder', 'partner'] as const) {
      expect((await (await admin.newCaller(role, role)).get('/api/analytics')).status).toBe(403);
    }
    expect((await (await admin.newCaller('auctioneer', 'eve')).get('/api/analytics')).status).toBe(200);
  });

  it('answers the last sixty minutes, hours or days, and says that Kafka is not read', async () => {
    for (const window of ['minute', 'hour', 'day']) {
      const { status, body } = await running.admin.get(`/api/analytics?window=${window}`);
      expect(status).toBe(200);
      expect([body.window, body.windows.length, body.live]).toEqual([window, 60, false]);
    }
    const { body } = await running.admin.get(
      '/api/analytics?from=2026-03-01T12:00:59.999Z&to=2026-03-01T12:02:00.001Z',
    );
    const starts = body.windows.map(({ start }: { start: string }) => start);
    expect(starts).toEqual(['2026-03-01T12:00:00.000Z', '2026-03-01T12:01:00.000Z', '2026-03-01T12:02:00.000Z']);
  });

  it.each([
    ['window=week', 'query.window'],
    ['from=2026-02-30T00:00:00Z', 'query.from'],
    ['from=2026-03-01T12:00:00Z&to=2026-03-01T12:00:00Z', 'query.from'],
    ['from=2026-03-01T12:00:00Z&to=2026-04-01T12:00:00Z', 'query.from'],
    ['auctionId=x', 'query.auctionId'],
  ])('refuses %s and names the field', async (query, field) => {
    const { status, body } = await running.admin.get(`/api/analytics?${query}`);
    expect([status, body.code, body.errors[0].field]).toEqual([400, 'validation-failed', field]);
  });

  it('answers as many windows as it says, and no more', async () => {
    expect(await status('window=day&from=2020-01-01T00:00:00Z&to=2022-09-27T00:00:00Z')).toBe(200);
    expect(await status('window=day&from=2020-01-01T00:00:00Z&to=2022-09-27T00:00:01Z')).toBe(400);
  });
});

it('answers 503 where there is no Kafka', async () => {
  const running = await RunningServer.start();
  const { status, body } = await running.admin.get('/api/analytics');
  expect([status, body.code]).toEqual([503, 'analytics-unavailable']);
  await running.stop();
});
