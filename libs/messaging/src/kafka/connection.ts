import { readFileSync } from 'node:fs';
import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from 'kafkajs';

export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** How to reach the brokers. Files are paths of PEM files. */
export interface KafkaConnection {
  /** host:port of some of them. */
  readonly brokers: readonly string[];
  readonly sasl?: {
    readonly mechanism: (typeof saslMechanisms)[number];
    readonly username: string;
    readonly password: string;
  };
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
}

export interface KafkaLog {
  warn(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

/**
 * What is tried again within one call, milliseconds: a commit that is still being carried through delays the next transaction by some
 * of them. What takes longer than a second is an error, and whoever called decides.
 */
export const RETRY = { initialRetryTime: 2, multiplier: 1.6, maxRetryTime: 500, retries: 12 };
const CONNECT_MS = 3_000;
const REQUEST_MS = 15_000;

/** Throws for a file that cannot be read. */
export function kafkaClient({ brokers, sasl, tls }: KafkaConnection, log: KafkaLog, clientId = 'gavel'): Kafka {
  const config: KafkaConfig = {
    clientId,
    brokers: [...brokers],
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    // Without it a connection that was accepted and then says nothing is waited for without end.
    enforceRequestTimeout: true,
    retry: RETRY,
    ...(sasl !== undefined && { sasl: sasl as SASLOptions }),
    ...(tls !== undefined && { ssl: tlsOptions(tls) }),
    // Whatever fails in the end is thrown; what the client says on the way is for those who look for something.
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ log: { message, ...fields } }) =>
        log.debug(fields, `kafka: ${message}`),
  };
  return new Kafka(config);
}

function tlsOptions({ caFile, certFile, keyFile }: NonNullable<KafkaConnection['tls']>) {
  const pem = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file, 'utf8'));
  const [ca, cert, key] = [pem(caFile), pem(certFile), pem(keyFile)];
  return { ...(ca && { ca: [ca] }), ...(cert && { cert }), ...(key && { key }) };
}
