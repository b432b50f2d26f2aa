import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '#testing/free-ports.js';
import { programAt } from '#testing/needs.js';

const START_MS = 60_000;

/** The folder with Apicurio Registry (.ci/run says how it is filled). */
const folder = process.env['GAVEL_TEST_REGISTRY'] ?? '';

/** What a suite with a real schema registry needs, for `describeWith`. */
export const registryNeeds = {
  'java (17 or later)': programAt('java') !== null,
  'GAVEL_TEST_REGISTRY (Apicurio Registry)': folder !== '' && existsSync(folder),
};

/** A real schema registry on a free port of loopback, with its data in a temporary directory. */
export class RegistryProcess {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly directory: string,
    private readonly port: number,
  ) {}

  /** One that does not run yet. */
  static async prepare(): Promise<RegistryProcess> {
    const [port] = await freePorts(1);
    return new RegistryProcess(await mkdtemp(join(tmpdir(), 'gavel-registry-')), port as number);
  }

  /** Its interface that is as Confluent's. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/apis/ccompat/v7`;
  }

  /** Starts it, on its data if it has run before. */
  async resume(): Promise<void> {
    const log = openSync(join(this.directory, 'registry.log'), 'a');
    const jar = readdirSync(folder).find((file) => file.endsWith('-runner.jar')) ?? 'no-runner.jar';
    const child = spawn(
      'java',
      ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-jar', join(folder, jar)],
      {
        env: {
          PATH: process.env['PATH'],
          QUARKUS_HTTP_HOST: '127.0.0.1',
          QUARKUS_HTTP_PORT: String(this.port),
          REGISTRY_DATASOURCE_URL: `jdbc:h2:file:${join(this.directory, 'data')}`,
        },
        stdio: ['ignore', log, log],
      },
    );
    this.child = child;
    const deadline = Date.now() + START_MS;
    while (!(await this.answers())) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`no registry: ${await readFile(join(this.directory, 'registry.log'), 'utf8')}`);
      }
      await sleep(50);
    }
  }

  /** Ends it; its data stay. */
  async end(): Promise<void> {
    const { child } = this;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.end();
    await rm(this.directory, { recursive: true, force: true });
  }

  private answers(): Promise<boolean> {
    return fetch(`${this.url}/subjects`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
