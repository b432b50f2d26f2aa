import { Agent, request } from 'node:http';
import type { Measured } from '../benchmark.js';
import type { GavelServer } from './gavel-server.js';

/** Connections at once. */
const CONNECTIONS = 1_000;
/** Keys that are made at once. */
const AT_ONCE = 64;
const CREATED = 201;
const CONFLICT = 409;

/** So many keys, each of a buyer of its own. */
export async function makeBuyers({ admin }: GavelServer, count: number): Promise<string[]> {
  const keys: string[] = [];
  let next = 0;
  const make = async () => {
    while (next < count) {
      const { key } = await admin.newCaller('bidder', `buyer-${next++}`);
      keys.push(key as string);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, make));
  return keys;
}

/** Every buyer comes at once for one unit. Rejects unless exactly all units are sold, and everybody else is told that they are. */
export async function storm(server: GavelServer, buyers: readonly string[], units: number): Promise<Measured> {
  const lotId = await server.openStock(units);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const started = performance.now();
  const statuses = await Promise.all(buyers.map((key) => buy(`${server.url}/api/lots/${lotId}/purchases`, key, agent)));
  const milliseconds = performance.now() - started;
  agent.destroy();
  const count = (wanted: number) => statuses.filter((status) => status === wanted).length;
  const [sold, refused] = [count(CREATED), count(CONFLICT)];
  const { buyNow } = await server.admin.lot(lotId);
  if (sold !== units || refused !== buyers.length - units || buyNow?.available !== 0) {
    throw new Error(`${sold} of ${units} units were sold and ${refused} buyers refused; ${buyNow?.available} are left`);
  }
  return { value: sold, details: { 'buyers refused': refused, 'all answered after, ms': milliseconds } };
}

function buy(url: string, key: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end('{}');
  });
}
