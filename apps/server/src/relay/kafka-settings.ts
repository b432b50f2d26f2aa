import { accessSync, constants } from 'node:fs';
import Type, { type Static } from 'typebox';
import { Literals } from '#contracts/literals.js';
import { type KafkaConnection, saslMechanisms } from '#messaging/kafka/connection.js';

/** The part of the environment that tells how to reach Kafka. */
export const kafkaEnvironment = {
  KAFKA_BROKERS: Type.Optional(Type.String({ pattern: '^[^,:\\s]+:[0-9]{1,5}(,[^,:\\s]+:[0-9]{1,5})*$' })),
  KAFKA_TOPIC: Type.String({ pattern: '^[A-Za-z0-9._-]{1,200}$', default: 'auction-events' }),
  KAFKA_PARTITIONS: Type.Integer({ minimum: 1, maximum: 1_000, default: 12 }),
  KAFKA_SASL_MECHANISM: Type.Optional(Literals(saslMechanisms)),
  KAFKA_SASL_USERNAME: Type.Optional(Type.String({ minLength: 1 })),
  KAFKA_SASL_PASSWORD: Type.Optional(Type.String({ minLength: 1 })),
  KAFKA_SSL: Type.Boolean({ default: false }),
  KAFKA_SSL_CA: Type.Optional(Type.String({ minLength: 1 })),
  KAFKA_SSL_CERT: Type.Optional(Type.String({ minLength: 1 })),
  KAFKA_SSL_KEY: Type.Optional(Type.String({ minLength: 1 })),
  SCHEMA_REGISTRY_URL: Type.Optional(Type.String({ pattern: '^https?://', format: 'uri' })),
};
const KafkaEnvironment = Type.Object(kafkaEnvironment);
type KafkaEnvironment = Static<typeof KafkaEnvironment>;

export interface KafkaSettings {
  readonly connection: KafkaConnection;
  readonly topic: string;
  readonly partitions: number;
  /** Where the schemas of the values lie, which then are Avro; without it they are JSON. */
  readonly schemaRegistry?: string;
}

/** Undefined without brokers. Answers a text, the complaint, for settings that do not go together. */
export function kafkaSettings(values: KafkaEnvironment): KafkaSettings | undefined | string {
  const { KAFKA_BROKERS: brokers, KAFKA_SASL_MECHANISM: mechanism, KAFKA_SSL: ssl } = values;
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = values;
  const { KAFKA_SSL_CA: caFile, KAFKA_SSL_CERT: certFile, KAFKA_SSL_KEY: keyFile } = values;
  const files = { KAFKA_SSL_CA: caFile, KAFKA_SSL_CERT: certFile, KAFKA_SSL_KEY: keyFile };
  const { SCHEMA_REGISTRY_URL: schemaRegistry } = values;
  const others = {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
    KAFKA_SSL: ssl,
    SCHEMA_REGISTRY_URL: schemaRegistry,
  };
  const [given] = Object.entries({ ...others, ...files }).find(([, value]) => value) ?? [];
  if (brokers === undefined) return given === undefined ? undefined : `KAFKA_BROKERS is missing, but ${given} is set`;
  const unreachable = brokers.split(',').find((broker) => !isPort(Number(broker.slice(broker.indexOf(':') + 1))));
  if (unreachable !== undefined) return `KAFKA_BROKERS: ${unreachable} has no port from 1 to 65535`;

  if ((username ?? password) !== undefined && mechanism === undefined) return 'KAFKA_SASL_MECHANISM is missing';
  if (mechanism !== undefined && username === undefined) return 'KAFKA_SASL_USERNAME is missing';
  if (mechanism !== undefined && password === undefined) return 'KAFKA_SASL_PASSWORD is missing';
  const [file] = Object.entries(files).find(([, value]) => value !== undefined) ?? [];
  if (!ssl && file !== undefined) return `KAFKA_SSL is not true, but ${file} is set`;
  if ((certFile === undefined) !== (keyFile === undefined)) return 'KAFKA_SSL_CERT and KAFKA_SSL_KEY go together';
  const unreadable = Object.entries(files).find(([, path]) => path !== undefined && !isReadable(path));
  if (unreadable !== undefined) return `${unreadable[0]}: ${unreadable[1]} cannot be read`;

  const sasl = mechanism && username && password ? { sasl: { mechanism, username, password } } : {};
  const tls = ssl
    ? { tls: { ...(caFile && { caFile }), ...(certFile && { certFile }), ...(keyFile && { keyFile }) } }
    : {};
  const connection = { brokers: brokers.split(','), ...sasl, ...tls };
  const registry = schemaRegistry === undefined ? {} : { schemaRegistry };
  return { connection, topic: values.KAFKA_TOPIC, partitions: values.KAFKA_PARTITIONS, ...registry };
}

const isPort = (port: number): boolean => port >= 1 && port <= 65_535;

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
