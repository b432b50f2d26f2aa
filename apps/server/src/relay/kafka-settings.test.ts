import { fileURLToPath } from 'node:url';
import { readSettings } from '../settings.js';

const file = fileURLToPath(import.meta.url);
const brokers = { KAFKA_BROKERS: 'one:9092,two:9092' };
const sasl = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'gavel', KAFKA_SASL_PASSWORD: 'secret' };

describe('the settings of Kafka', () => {
  it('are none without brokers', () => {
    expect(readSettings({}).kafka).toBeUndefined();
  });

  it('have a topic of 12 partitions unless they say otherwise', () => {
    const connection = { brokers: ['one:9092', 'two:9092'] };
    expect(readSettings(brokers).kafka).toEqual({ connection, topic: 'auction-events', partitions: 12 });
    const { kafka } = readSettings({ ...brokers, KAFKA_TOPIC: 'sales', KAFKA_PARTITIONS: '3' });
    expect(kafka).toEqual({ connection, topic: 'sales', partitions: 3 });
  });

  it('take SASL and TLS', () => {
    const tls = { KAFKA_SSL: 'true', KAFKA_SSL_CA: file, KAFKA_SSL_CERT: file, KAFKA_SSL_KEY: file };
    expect(readSettings({ ...brokers, ...sasl, ...tls }).kafka?.connection).toEqual({
      brokers: ['one:9092', 'two:9092'],
      sasl: { mechanism: 'scram-sha-512', username: 'gavel', password: 'secret' },
      tls: { caFile: file, certFile: file, keyFile: file },
    });
    expect(readSettings({ ...brokers, KAFKA_SSL: 'true' }).kafka?.connection.tls).toEqual({});
  });

  it('take a schema registry, which turns the values to Avro', () => {
    const url = 'https://gavel:secret@registry:8081/apis/ccompat/v7';
    const { kafka, eventsChannel } = readSettings({ ...brokers, SCHEMA_REGISTRY_URL: url });
    expect([kafka?.schemaRegistry, eventsChannel.avro]).toEqual([url, true]);
    expect(readSettings(brokers).eventsChannel.avro).toBe(false);
  });

  it.each<[Record<string, string>, string]>([
    [{ SCHEMA_REGISTRY_URL: 'http://registry' }, 'KAFKA_BROKERS is missing, but SCHEMA_REGISTRY_URL is set'],
    [{ ...brokers, SCHEMA_REGISTRY_URL: 'registry:8081' }, 'SCHEMA_REGISTRY_URL must match'],
    [{ KAFKA_BROKERS: 'localhost' }, 'KAFKA_BROKERS must match pattern'],
    [{ ...brokers, KAFKA_PARTITIONS: '0' }, 'KAFKA_PARTITIONS must be >= 1'],
    [{ ...sasl }, 'KAFKA_BROKERS is missing, but KAFKA_SASL_MECHANISM is set'],
    [{ KAFKA_SASL_USERNAME: 'ada' }, 'KAFKA_BROKERS is missing, but KAFKA_SASL_USERNAME is set'],
    [{ KAFKA_SSL: 'true' }, 'KAFKA_BROKERS is missing, but KAFKA_SSL is set'],
    [{ KAFKA_BROKERS: 'a:9092,b:99999' }, 'KAFKA_BROKERS: b:99999 has no port from 1 to 65535'],
    [{ ...brokers, ...sasl, KAFKA_SASL_MECHANISM: 'gssapi' }, 'KAFKA_SASL_MECHANISM must be equal to one of'],
    [{ ...brokers, ...sasl, KAFKA_SASL_MECHANISM: '' }, 'KAFKA_SASL_MECHANISM is missing'],
    [{ ...brokers, ...sasl, KAFKA_SASL_USERNAME: '' }, 'KAFKA_SASL_USERNAME is missing'],
    [{ ...brokers, ...sasl, KAFKA_SASL_PASSWORD: '' }, 'KAFKA_SASL_PASSWORD is missing'],
    [{ ...brokers, KAFKA_SSL_CA: file }, 'KAFKA_SSL is not true, but KAFKA_SSL_CA is set'],
    [{ ...brokers, KAFKA_SSL: 'true', KAFKA_SSL_CERT: file }, 'KAFKA_SSL_CERT and KAFKA_SSL_KEY go together'],
    [{ ...brokers, KAFKA_SSL: 'true', KAFKA_SSL_CA: '/no/such.pem' }, 'KAFKA_SSL_CA: /no/such.pem cannot be read'],
  ])('that cannot be used stop the start by name: %j', (env, message) => {
    expect(() => readSettings(env)).toThrow(message);
  });
});
