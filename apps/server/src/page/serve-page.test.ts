import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { pageRoutes } from '#contracts/http/page-routes.js';
import { describeWith } from '#testing/needs.js';
import { RunningServer } from '../testing/running-server.js';
import { servePage } from './serve-page.js';
import { needs, PAGE_DIRECTORY } from './testing/browser.js';
import { firstLoad } from './testing/first-load.js';

const AN_ID = '01890000-0000-7000-8000-000000000000';
const { chromium: _, ...thePage } = needs;

describeWith(thePage, 'the served page', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await RunningServer.start();
  });
  afterAll(() => running.stop());
  const get = (path: string, headers: Record<string, string> = {}) => fetch(running.server.url + path, { headers });

  it('answers at every address of its router, without a key, and is asked for each time', async () => {
    for (const route of Object.values(pageRoutes)) {
      const answer = await get(route.replace(/:\w+/, AN_ID));
      expect([route, answer.status, answer.headers.get('cache-control')]).toEqual([route, 200, 'no-cache']);
      expect(await answer.text()).toContain('<div id="root">');
    }
  });

  it('has no script or handler in its text, and a policy that would forbid them', async () => {
    const answer = await get('/');
    const html = await answer.text();
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self';script-src-attr 'none'");
    expect(html).not.toMatch(/<script(?![^>]* src=)|\son\w+=|style=/);
  });

  it('is a document, as the docs are; what the API answers is data that no browser shows, runs or frames', async () => {
    const policyOf = async (path: string) => (await get(path)).headers.get('content-security-policy');
    for (const path of ['/', '/api/docs']) expect(await policyOf(path)).toContain("default-src 'self'");
    for (const path of ['/api/time', '/api/auctions', '/api/nothing'])
      expect([path, await policyOf(path)]).toEqual([path, "default-src 'none';frame-ancestors 'none'"]);
    const { headers } = await get('/api/time');
    expect(headers.get('strict-transport-security')).toContain('max-age=');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('has files that may be kept for ever, compressed as the browser can take them', async () => {
    const [script = ''] = /\/assets\/[^"]+\.js/.exec(await (await get('/')).text()) ?? [];
    for (const encoding of ['br', 'gzip']) {
      const answer = await get(script, { 'accept-encoding': encoding });
      expect(answer.headers.get('content-encoding')).toBe(encoding);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('content-type')).toContain('text/javascript');
    }
  });

  it('are not sent again to who has them', async () => {
    const etag = (await get('/')).headers.get('etag') ?? '';
    expect((await get('/', { 'if-none-match': etag })).status).toBe(304);
  });

  it('gives nothing else away: no other file, no directory above, and the API still asks for a key', async () => {
    const statuses = await Promise.all(
      ['/assets/none.js', '/assets/..%2findex.html', '/.vite/manifest.json', '/api/auctions', '/nothing'].map(
        async (path) => [path, (await get(path)).status],
      ),
    );
    expect(statuses).toEqual([
      ['/assets/none.js', 404],
      ['/assets/..%2findex.html', 404],
      ['/.vite/manifest.json', 401],
      ['/api/auctions', 401],
      ['/nothing', 401],
    ]);
  });

  it('tells a browser at an address that there is not, and no program', async () => {
    const asked = async (path: string, headers: Record<string, string>) => {
      const answer = await get(path, headers);
      return [path, answer.status, answer.headers.get('content-type')];
    };
    const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const html = 'text/html; charset=utf-8';
    const problem = 'application/problem+json; charset=utf-8';
    const key = { authorization: `Bearer ${running.admin.key}` };
    expect(await asked('/nothing', browser)).toEqual(['/nothing', 404, html]);
    expect(await asked('/nothing', { ...key, accept: '*/*' })).toEqual(['/nothing', 404, problem]);
    expect(await asked('/api/nothing', browser)).toEqual(['/api/nothing', 401, problem]);
    expect(await asked('/assets/none.js', browser)).toEqual(['/assets/none.js', 404, problem]);
  });

  it('is not in the description of the API', async () => {
    const { body } = await running.admin.get('/api/openapi.json');
    expect(Object.keys(body.paths)).not.toContain('/');
  });

  it('loads less than 200 kB compressed before it shows something', () => {
    const files = firstLoad(PAGE_DIRECTORY, 'gz');
    const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
    expect([...files.keys()].filter((file) => file.endsWith('.js')).length).toBeGreaterThan(0);
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThan(200_000);
  });
});

describe('a server whose page is not built', () => {
  it('starts, says so, and has nothing at /', async () => {
    const fastify = Fastify();
    const said: unknown[][] = [];
    servePage(
      fastify,
      { warn: (...line: unknown[]) => said.push(line) },
      await mkdtemp(join(tmpdir(), 'gavel-no-page-')),
    );
    expect(said).toEqual([[{ directory: expect.any(String) }, expect.stringContaining('the web page is not built')]]);
    const url = await fastify.listen({ host: '127.0.0.1', port: 0 });
    expect((await fetch(url)).status).toBe(404);
    await fastify.close();
  });
});
