import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from '#testing/free-ports.js';
import { programAt } from '#testing/needs.js';
import { makeCertificates } from './certificates.js';

const run = promisify(execFile);
const START_MS = 60_000;

/** The folder with the jars of Apache Kafka (.ci/run says how it is filled). */
const jars = process.env['GAVEL_TEST_KAFKA'] ?? '';

/** What a suite with a real broker needs, for `describeWith`. */
export const kafkaNeeds = {
  'java (17 or later)': programAt('java') !== null,
  'GAVEL_TEST_KAFKA (the jars of Apache Kafka)': jars !== '' && existsSync(jars),
};

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface BrokerOptions {
  /** SASL (SCRAM-SHA-512) on TLS with client certificates, and an authorizer that knows nothing but ACLs. */
  readonly users?: readonly Credentials[];
  /** Of them, who may do everything. */
  readonly superUser?: string;
  /** Where clients are told to connect, instead of where it listens: a proxy in front of it. */
  readonly advertisedPort?: number;
  /** Topics come into being with whoever asks for them, as by Kafka's own default. */
  readonly createsTopics?: boolean;
  /** Compile as in production instead of starting fast. */
  readonly forSpeed?: boolean;
}

/** A real Apache Kafka broker in KRaft mode, on free ports of loopback, with its data in a temporary directory. */
export class KafkaBroker {
  private child: ChildProcess | null = null;

  private constructor(
    readonly directory: string,
    /** Clients without credentials; with users, for the tests' own eyes. */
    readonly port: number,
    /** SASL_SSL; null without users. */
    readonly securePort: number | null,
    private readonly options: BrokerOptions,
  ) {}

  static async start(options: BrokerOptions = {}): Promise<KafkaBroker> {
    const directory = await mkdtemp(join(tmpdir(), 'gavel-kafka-'));
    const [port, controllerPort, securePort] = await freePorts(3);
    const broker = new KafkaBroker(directory, port as number, options.users ? (securePort as number) : null, options);
    if (options.users !== undefined) await makeCertificates(directory);
    await writeFile(join(directory, 'server.properties'), broker.properties(controllerPort as number));
    await broker.format();
    await broker.resume();
    return broker;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Starts it again on its data. */
  async resume(): Promise<void> {
    const log = openSync(join(this.directory, 'broker.log'), 'a');
    const heap = ['-Xmx512m', '-Xms128m', '-XX:+UseSerialGC'];
    const jit = this.options.forSpeed ? [] : ['-XX:TieredStopAtLevel=1'];
    const config = join(this.directory, 'server.properties');
    const child = spawn('java', [...heap, ...jit, '-cp', join(jars, '*'), 'kafka.Kafka', config], {
      stdio: ['ignore', log, log],
    });
    this.child = child;
    const deadline = Date.now() + START_MS;
    while (!(await answers(this.port))) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`no broker: ${await this.log()}`);
      await sleep(50);
    }
  }

  /** kill -9, as a machine dies. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Holds it as it is: connections stay open and nothing answers. `SIGCONT` lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(signal);
  }

  /** Ends it and deletes its data. */
  async stop(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.directory, { recursive: true, force: true });
  }

  /** A file beside the data: ca.pem, client.pem, client.key. */
  file(name: string): string {
    return join(this.directory, name);
  }

  log(): Promise<string> {
    return readFile(join(this.directory, 'broker.log'), 'utf8');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  private async format(): Promise<void> {
    const config = join(this.directory, 'server.properties');
    const scram = (this.options.users ?? []).flatMap(({ username, password }) => [
      '--add-scram',
      `SCRAM-SHA-512=[name=${username},password=${password}]`,
    ]);
    const clusterId = Buffer.from('gavel-test-broke').toString('base64url').slice(0, 22);
    await run('java', [
      '-cp',
      join(jars, '*'),
      'kafka.tools.StorageTool',
      'format',
      '-t',
      clusterId,
      '-c',
      config,
      ...scram,
    ]);
  }

  private properties(controllerPort: number): string {
    const { securePort, port, directory, options } = this;
    const secure = securePort === null ? [] : [`SASL_SSL://127.0.0.1:${securePort}`];
    const plain = `PLAINTEXT://127.0.0.1:${port}`;
    const advertised = `PLAINTEXT://127.0.0.1:${options.advertisedPort ?? port}`;
    const settings = {
      'process.roles': 'broker,controller',
      'node.id': '1',
      'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
      'controller.listener.names': 'CONTROLLER',
      listeners: [plain, `CONTROLLER://127.0.0.1:${controllerPort}`, ...secure].join(','),
      'advertised.listeners': [advertised, ...secure].join(','),
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL',
      'inter.broker.listener.name': 'PLAINTEXT',
      'log.dirs': join(directory, 'data'),
      'auto.create.topics.enable': String(options.createsTopics ?? false),
      'offsets.topic.num.partitions': '1',
      'offsets.topic.replication.factor': '1',
      'transaction.state.log.num.partitions': '1',
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'group.initial.rebalance.delay.ms': '0',
      // Transactions that time out are found within a second, so that tests need not wait.
      'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500',
      'num.network.threads': '2',
      'num.io.threads': '4',
      ...(securePort !== null && {
        'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
        'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config':
          'org.apache.kafka.common.security.scram.ScramLoginModule required;',
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': join(directory, 'broker.pem'),
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': join(directory, 'ca.pem'),
        // Beside SASL it counts only for a listener by name.
        'listener.name.sasl_ssl.ssl.client.auth': 'required',
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'super.users': `User:ANONYMOUS;User:${options.superUser}`,
      }),
    };
    return Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('');
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
