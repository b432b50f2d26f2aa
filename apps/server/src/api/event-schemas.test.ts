import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { publicEventTypes } from '#contracts/public-events/public-catalogue.js';
import { publicEventOf } from '#contracts/public-events/public-event-of.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { RunningServer } from '../testing/running-server.js';
import { asyncApi } from './async-api.js';
import { EventsChannel } from './events-channel.js';

const aliases = new BidderAliases('a-key-of-this-test');
const auctionId = '018f0000-0000-7000-8000-00000000000a';
const started = { id: auctionId, type: 'AuctionStarted', data: { auctionId, startedAt: 1 }, recordedAt: 1 };

const specification = new URL(import.meta.resolve('@asyncapi/specs/schemas/3.0.0.json'));
const byTheBook = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false });
const validate = byTheBook.compile(JSON.parse(readFileSync(specification, 'utf8')));

describe('the description of the events for partners', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await RunningServer.start({ KAFKA_TOPIC: 'sales' });
  });
  afterAll(() => server.stop());

  it('is AsyncAPI 3, by the specification’s own schema', async () => {
    const { status, body } = await server.admin.as(null).get('/api/asyncapi.json');
    expect(status).toBe(200);
    validate(body);
    expect(validate.errors ?? []).toEqual([]);
    expect(Object.keys(body.components.messages)).toEqual(publicEventTypes);
    expect(body.channels.events.address).toBe('sales');
    expect(validate({ ...body, channels: { events: { address: 7 } } })).toBe(false);
  });

  it('has the Avro schemas where the values are Avro', () => {
    const described = asyncApi(new EventsChannel('sales', 12, true)) as {
      components: { messages: Record<string, { contentType: string; payload: { schema: { name: string } } }> };
    };
    validate(described);
    expect(validate.errors ?? []).toEqual([]);
    for (const [type, { contentType, payload }] of Object.entries(described.components.messages)) {
      expect([contentType, payload.schema.name]).toEqual(['application/avro', type]);
    }
  });

  it('has a JSON Schema for each type, which its events pass and others do not', async () => {
    const ajv = addFormats.default(new Ajv2020({ strict: false }) as never) as unknown as Ajv2020;
    for (const type of publicEventTypes) {
      const { status, headers, body } = await server.admin.as(null).get(`/api/schemas/${type}`);
      expect([status, headers.get('content-type')]).toEqual([200, 'application/schema+json; charset=utf-8']);
      const validate = ajv.compile(body);
      expect(validate(publicEventOf(started, aliases.of))).toBe(type === 'AuctionStarted');
    }
  });

  it('has none for what stays inside', async () => {
    const { status, body } = await server.admin.as(null).get('/api/schemas/ReserveLowered');
    expect([status, body.code]).toEqual([404, 'event-type-not-found']);
  });
});
