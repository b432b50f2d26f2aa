import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWith } from '#testing/needs.js';
import { RegistryProcess, registryNeeds } from '../testing/registry-process.js';
import { SchemaRefused, SchemaRegistry } from './schema-registry.js';

const record = (...fields: object[]) => ({ type: 'record', name: 'Priced', fields });
const price = { name: 'price', type: 'long' };
const note = { name: 'note', type: ['null', 'string'], default: null };

describeWith(registryNeeds, 'a schema registry', () => {
  let server: RegistryProcess;
  let registry: SchemaRegistry;

  beforeAll(async () => {
    server = await RegistryProcess.prepare();
    await server.resume();
    registry = new SchemaRegistry(server.url);
  }, 90_000);
  afterAll(() => server?.stop());

  it('keeps a schema under one id, whoever brings it again', async () => {
    const id = await registry.idOf('kept', record(price));
    const other = new SchemaRegistry(`${server.url}/`);
    expect(await other.idOf('kept', record(price))).toBe(id);
    expect(JSON.parse(await registry.schemaOf(id))).toEqual(record(price));
    expect(await registry.idOf('kept', record(price, note))).not.toBe(id);
  });

  it('gives several that come at once the same id', async () => {
    const ids = await Promise.all(
      Array.from({ length: 4 }, () => registry.idOf('at once', record(price)).catch(String)),
    );
    const id = await registry.idOf('at once', record(price));
    // Who lost the race either has the id or an error after which the relay tries again; nobody is refused for good.
    for (const one of ids) expect([id, expect.not.stringContaining('SchemaRefused')]).toContainEqual(one);
  });

  it.each([
    ['a changed type', record({ ...price, type: 'string' })],
    ['a field that is gone', record()],
    ['a new field without default', record(price, { name: 'fee', type: 'long' })],
  ])('refuses %s, both ways', async (_, schema) => {
    await registry.idOf('guarded', record(price));
    const attempt = registry.idOf('guarded', schema);
    await expect(attempt).rejects.toThrow(SchemaRefused);
    await expect(attempt).rejects.toThrow(/^the schema registry refuses the schema for guarded: .*ncompatible/);
  });

  it('refuses what is no schema', async () => {
    await expect(registry.idOf('nonsense', { type: 'nonsense' })).rejects.toThrow(SchemaRefused);
  });

  it('has the same ids behind a restart, and is an error that passes while it is away', async () => {
    const id = await registry.idOf('durable', record(price));
    await server.end();
    const attempt = registry.idOf('durable', record(price));
    await expect(attempt).rejects.toThrow(/the schema registry http.* does not answer: .*ECONNREFUSED/);
    await expect(attempt).rejects.not.toThrow(SchemaRefused);
    await server.resume();
    expect(await registry.idOf('durable', record(price))).toBe(id);
  }, 90_000);
});

describe('the client of a schema registry', () => {
  let server: Server;
  let url: string;
  let answer: { status: number; text: string };
  const seen: (string | undefined)[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(answer.status).end(answer.text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('takes user and password from the address, and shows them in no message', async () => {
    answer = { status: 200, text: '{"id":7}' };
    const registry = new SchemaRegistry(`http://gavel:p%40ss@${url}`);
    expect(await registry.idOf('one', record(price))).toBe(7);
    expect(seen.at(-1)).toBe(`Basic ${Buffer.from('gavel:p@ss').toString('base64')}`);
    answer = { status: 401, text: 'who are you?' };
    await expect(registry.idOf('one', record(price))).rejects.toThrow(
      `the schema registry answers 401 to POST http://${url}/subjects/one: who are you?`,
    );
  });

  it.each([
    [{ status: 200, text: '<html>' }, 'does not answer POST'],
    [{ status: 200, text: '{"id":"7"}' }, 'the schema registry answers with the id 7'],
    [{ status: 200, text: '{"id":4294967296}' }, 'the schema registry answers with the id 4294967296'],
    [{ status: 503, text: 'later' }, 'the schema registry answers 503 to POST'],
  ])('takes nothing for an id that is none: %j', async (given, message) => {
    answer = given;
    await expect(new SchemaRegistry(`http://${url}`).idOf('one', record(price))).rejects.toThrow(message);
  });
});
