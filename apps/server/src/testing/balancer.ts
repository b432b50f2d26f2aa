import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '#testing/free-ports.js';
import { programAt } from '#testing/needs.js';
import { until } from '#testing/until.js';

/** For `describeWith`: these tests need a real HAProxy. */
export const balancerNeeds = { haproxy: programAt('haproxy') !== null };

interface Call {
  readonly headers?: Record<string, string>;
  /** Any of 127.0.0.0/8. */
  readonly from?: string;
}

/** A real HAProxy with the configuration that is deployed, on loopback, with one server as each of its servers. */
export class Balancer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    readonly port: number,
  ) {}

  static async start(deployed: string, serverUrl: string): Promise<Balancer> {
    const directory = await mkdtemp(join(tmpdir(), 'gavel-haproxy-'));
    const port = await freePort();
    const config = (await readFile(deployed, 'utf8'))
      // For more than these the machine may not have enough files.
      .replace('maxconn 20000', 'maxconn 200')
      .replace('http-request 10s', 'http-request 1s')
      .replace('bind :8080', `bind 127.0.0.1:${port}`)
      .replace(/(server gavel-\d) \S+/g, `$1 127.0.0.1:${new URL(serverUrl).port}`);
    const file = join(directory, 'haproxy.cfg');
    await writeFile(file, config);
    const balancer = new Balancer(spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' }), directory, port);
    const answers = () =>
      balancer.call('/api/time').then(
        ({ status }) => status === 200,
        () => false,
      );
    await until(answers).catch(async (late: Error) => {
      await balancer.stop();
      throw late;
    });
    return balancer;
  }

  /** The path goes out as it is. */
  async call(path: string, { headers = {}, from = '127.0.0.1' }: Call = {}) {
    const sent = request({ host: '127.0.0.1', port: this.port, path, headers, localAddress: from }).end();
    const [response] = await once(sent, 'response');
    return { status: response.statusCode as number, body: await text(response) };
  }

  async stop(): Promise<void> {
    const { child } = this;
    const gone = child.exitCode === null ? once(child, 'exit') : null;
    child.kill('SIGKILL');
    await gone;
    await rm(this.directory, { recursive: true });
  }
}
