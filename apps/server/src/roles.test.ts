import { parseRoles, ROLES } from './roles.js';
import { RunningServer } from './testing/running-server.js';

describe('the roles of a process', () => {
  it.each([
    ['api', ['api']],
    ['projector, relay', ['projector', 'relay']],
    [ROLES.join(','), [...ROLES]],
  ])('%s', (list, roles) => expect([...parseRoles(list)]).toEqual(roles));

  it.each(['everything', 'api,', 'api,,relay', 'API', 'webhooks', 'projector,webhooks'])('are not "%s"', (list) => {
    expect(() => parseRoles(list)).toThrow(RangeError);
  });

  it('without api: health and metrics, nothing else, and no Redis', async () => {
    const server = await RunningServer.start({ GAVEL_ROLES: 'projector', REDIS_URL: 'redis://127.0.0.1:1' });
    try {
      const ready = await server.admin.get('/health/ready');
      expect([ready.status, ready.body.checks.redis]).toEqual([200, undefined]);
      expect((await server.admin.get('/metrics')).status).toBe(200);
      expect((await server.admin.get('/api/auctions')).status).toBe(404);
      expect((await server.admin.post('/api/auctions', { title: 'x' })).status).toBe(404);
    } finally {
      await server.stop();
    }
  });

  it('without projector: commands and queries work, and nothing closes by itself', async () => {
    const server = await RunningServer.start({ GAVEL_ROLES: 'api' });
    try {
      const { auctionId } = await server.admin.createAuction();
      const closesAt = new Date(Date.now() + 300).toISOString();
      const { lotId } = await server.admin.addLot(auctionId, { closesAt });
      await server.admin.run(auctionId, 'start');
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(await server.admin.lot(lotId)).toMatchObject({ state: 'open' });
      expect(await server.admin.close(lotId)).toMatchObject({ state: 'passed' });
    } finally {
      await server.stop();
    }
  });
});
