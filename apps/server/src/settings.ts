import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import Type, { type Static } from 'typebox';
import { Literals } from '#contracts/literals.js';
import { parseConnectionString } from '#event-store/eventstoredb/connection-string.js';
import { EventsChannel } from './api/events-channel.js';
import { parseTrustedProxies, type TrustedProxies } from './http/trusted-proxies.js';
import type { PushLimits } from './push/push.js';
import { type KafkaSettings, kafkaEnvironment, kafkaSettings } from './relay/kafka-settings.js';
import { parseRoles, ROLES, type Roles } from './roles.js';

/** The environment variables that Gavel reads; every other variable is none of its business. */
const Environment = Type.Object({
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000 }),
  HOST: Type.String({ minLength: 1, default: 'localhost' }),
  GAVEL_DATA_DIR: Type.String({ minLength: 1, default: './data' }),
  EVENTSTORE_URL: Type.Optional(Type.String({ minLength: 1 })),
  GAVEL_ADMIN_KEY: Type.Optional(Type.String({ minLength: 16, maxLength: 256, pattern: '^[!-~]+$' })),
  GAVEL_ROLES: Type.String({ minLength: 1, default: ROLES.join(',') }),
  GAVEL_ALIAS_KEY: Type.Optional(Type.String({ minLength: 16, maxLength: 256, pattern: '^[!-~]+$' })),
  REDIS_URL: Type.Optional(Type.String({ format: 'uri', pattern: '^rediss?://' })),
  ...kafkaEnvironment,
  GAVEL_SPOOL_AFTER_MS: Type.Integer({ minimum: 10, maximum: 60_000, default: 500 }),
  GAVEL_SPOOL_MAX: Type.Integer({ minimum: 0, maximum: 10_000_000, default: 100_000 }),
  GAVEL_RATE_LIMIT: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 100 }),
  GAVEL_PUSH_CONNECTIONS: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 10_000 }),
  GAVEL_PUSH_PER_CALLER: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 50 }),
  GAVEL_WEBHOOKS_ALLOW_PRIVATE: Type.Boolean({ default: false }),
  GAVEL_ORIGINS: Type.String({ pattern: '^(https?://[^\\s,/]+(,https?://[^\\s,/]+)*)?$', default: '' }),
  GAVEL_TRUSTED_PROXIES: Type.String({ default: '' }),
  GAVEL_LOG_LEVEL: Literals(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
  JWT_JWKS_URL: Type.Optional(Type.String({ format: 'uri', pattern: '^https?://' })),
  JWT_ISSUER: Type.Optional(Type.String({ minLength: 1 })),
  JWT_AUDIENCE: Type.Optional(Type.String({ minLength: 1 })),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(Type.String({ format: 'uri', pattern: '^https?://' })),
});
type Environment = Static<typeof Environment>;

export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Connection string of an EventStoreDB; undefined: the embedded store in the data directory. */
  readonly eventStoreUrl: string | undefined;
  readonly adminKey: string | undefined;
  readonly roles: Roles;
  readonly spool: {
    /** How long the event store may take to confirm a bid, milliseconds. */
    readonly afterMs: number;
    /** Bids that it holds at most; 0: none is ever spooled. */
    readonly capacity: number;
  };
  /** Behind the aliases of bidders, the secrets of webhooks and the cursors of the feed; undefined: one is made and kept beside the data. */
  readonly aliasKey: string | undefined;
  /** Where processes of the role `api` share the sequence of bids and the stock; undefined: in process. */
  readonly redisUrl: string | undefined;
  /** Where events go for partners; undefined: no Kafka. */
  readonly kafka: KafkaSettings | undefined;
  readonly eventsChannel: EventsChannel;
  /** Requests a second per principal, with bursts (RateLimit); 0: no limit. */
  readonly rateLimit: number;
  /** WebSockets and event streams at once, in all and of one caller. */
  readonly pushLimits: PushLimits;
  /** Webhooks may go over http and to addresses that are not public: for development. */
  readonly webhooksAllowPrivate: boolean;
  /** Pages from elsewhere that may open a WebSocket. */
  readonly origins: readonly string[];
  /** Whose word is taken on where a request comes from. */
  readonly trustedProxies: TrustedProxies;
  readonly logLevel: Environment['GAVEL_LOG_LEVEL'];
  readonly jwt: { readonly jwksUrl: string; readonly issuer: string; readonly audience: string } | undefined;
  readonly otlpEndpoint: string | undefined;
}

/** A setting that cannot be used; the message is one line and names it. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting';
}

const ajv = new Ajv({ coerceTypes: true, useDefaults: true, removeAdditional: true });
addFormats.default(ajv);
const check = ajv.compile<Environment>(Type.Object({ ...Environment.properties }, { additionalProperties: false }));

/** Reads the settings. Throws BadSetting. An empty variable counts as unset. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const values: Record<string, unknown> = { GAVEL_LOG_LEVEL: 'info' };
  for (const [name, value] of Object.entries(env)) if (value !== undefined && value !== '') values[name] = value;
  // Several instances on one store must show a bidder under the same alias, and none of them knows of the others.
  if (values['EVENTSTORE_URL'] !== undefined && values['GAVEL_ALIAS_KEY'] === undefined) {
    throw new BadSetting('GAVEL_ALIAS_KEY is missing, but EVENTSTORE_URL is set: every instance needs the same one');
  }
  refuseOtherNumerals(values);
  if (!check(values)) {
    const [error] = check.errors ?? [];
    const name = error?.instancePath.slice(1) || 'settings';
    const allowed = error?.params?.['allowedValues'] ? `: ${error.params['allowedValues'].join(', ')}` : '';
    throw new BadSetting(`${name} ${error?.message}${allowed}`);
  }
  refuseBadUrls(values);
  return {
    port: values.PORT,
    host: values.HOST,
    dataDir: resolve(values.GAVEL_DATA_DIR),
    eventStoreUrl: eventStoreUrl(values.EVENTSTORE_URL),
    adminKey: values.GAVEL_ADMIN_KEY,
    roles: roles(values.GAVEL_ROLES),
    spool: { afterMs: values.GAVEL_SPOOL_AFTER_MS, capacity: values.GAVEL_SPOOL_MAX },
    aliasKey: values.GAVEL_ALIAS_KEY,
    redisUrl: values.REDIS_URL,
    kafka: kafka(values),
    eventsChannel: new EventsChannel(
      values.KAFKA_TOPIC,
      values.KAFKA_PARTITIONS,
      values.SCHEMA_REGISTRY_URL !== undefined,
    ),
    rateLimit: values.GAVEL_RATE_LIMIT,
    pushLimits: { connections: values.GAVEL_PUSH_CONNECTIONS, perCaller: values.GAVEL_PUSH_PER_CALLER },
    webhooksAllowPrivate: values.GAVEL_WEBHOOKS_ALLOW_PRIVATE,
    origins: values.GAVEL_ORIGINS.split(',').filter((origin) => origin !== ''),
    trustedProxies: trustedProxies(values.GAVEL_TRUSTED_PROXIES),
    logLevel: values.GAVEL_LOG_LEVEL,
    jwt: jwtSettings(values),
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
  };
}

/** What is read from text as a number may also be hexadecimal, have an exponent or blanks: nobody means 16 by `0x10`. */
function refuseOtherNumerals(values: Record<string, unknown>): void {
  for (const [name, schema] of Object.entries(Environment.properties)) {
    const value = values[name];
    if (Type.IsInteger(schema) && typeof value === 'string' && !/^-?\d+$/.test(value)) {
      throw new BadSetting(`${name} must be a whole number in decimal digits`);
    }
  }
}

/** Of the form `scheme://host…`: what a pattern lets through may still have no host, or a port that there is not. */
function refuseBadUrls(values: Record<string, unknown>): void {
  for (const name of ['REDIS_URL', 'SCHEMA_REGISTRY_URL', 'JWT_JWKS_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    const value = values[name];
    if (typeof value !== 'string') continue;
    if (!URL.canParse(value) || new URL(value).hostname === '') throw new BadSetting(`${name} is no URL with a host`);
  }
}

function eventStoreUrl(url: string | undefined): string | undefined {
  try {
    if (url !== undefined) parseConnectionString(url);
    return url;
  } catch (error) {
    throw new BadSetting(`EVENTSTORE_URL ${(error as Error).message}`);
  }
}

function roles(list: string): Roles {
  try {
    return parseRoles(list);
  } catch (error) {
    throw new BadSetting(`GAVEL_ROLES ${(error as Error).message}`);
  }
}

function trustedProxies(list: string): TrustedProxies {
  try {
    return parseTrustedProxies(list);
  } catch (error) {
    throw new BadSetting(`GAVEL_TRUSTED_PROXIES ${(error as Error).message}`);
  }
}

function kafka(values: Environment): KafkaSettings | undefined {
  const settings = kafkaSettings(values);
  if (typeof settings === 'string') throw new BadSetting(settings);
  return settings;
}

/** Tokens are checked for signature, issuer and audience, or not taken at all. */
function jwtSettings(values: Environment): Settings['jwt'] {
  const { JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = values;
  if (jwksUrl === undefined && issuer === undefined && audience === undefined) return undefined;
  if (jwksUrl === undefined) throw new BadSetting('JWT_JWKS_URL is missing, but JWT_ISSUER or JWT_AUDIENCE is set');
  if (issuer === undefined) throw new BadSetting('JWT_ISSUER is missing, but JWT_JWKS_URL is set');
  if (audience === undefined) throw new BadSetting('JWT_AUDIENCE is missing, but JWT_JWKS_URL is set');
  return { jwksUrl, issuer, audience };
}
