import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '#testing/free-ports.js';
import { GavelClient } from './gavel-client.js';
import { ADMIN_KEY, ALIAS_KEY, PATIENT_MS } from './running-server.js';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));
/** Far more than a start takes on a machine that has nothing else to do. */
const READY_MS = 60_000;

export const emptyDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'gavel-'));

/** The real program in a process of its own. */
export class ServerProcess {
  readonly admin: GavelClient;
  output = '';

  private constructor(
    readonly child: ChildProcess,
    port: number,
  ) {
    this.admin = new GavelClient(`http://127.0.0.1:${port}`, ADMIN_KEY);
    const collect = (chunk: Buffer) => {
      this.output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
  }

  /** Starts the program; does not wait until it is ready. */
  static spawn(env: Record<string, string>, port: number, maxFileKiB?: number): ServerProcess {
    // POSIX counts the limit in blocks of 512 bytes. A write beyond it fails as on a full disk.
    const limit = maxFileKiB === undefined ? '' : `ulimit -S -f ${maxFileKiB * 2}; `;
    const child = spawn('sh', ['-c', `${limit}exec "$0" "$1"`, process.execPath, MAIN], {
      env: {
        PATH: process.env['PATH'],
        HOST: '127.0.0.1',
        PORT: String(port),
        GAVEL_ADMIN_KEY: ADMIN_KEY,
        GAVEL_ALIAS_KEY: ALIAS_KEY,
        GAVEL_RATE_LIMIT: '0',
        GAVEL_SPOOL_AFTER_MS: PATIENT_MS,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServerProcess(child, port);
  }

  /** `maxFileKiB`: the largest file that the process may write, until `liftFileLimit`. */
  static async start(dataDir: string, env: Record<string, string> = {}, maxFileKiB?: number): Promise<ServerProcess> {
    const server = ServerProcess.spawn({ GAVEL_DATA_DIR: dataDir, ...env }, await freePort(), maxFileKiB);
    const deadline = Date.now() + READY_MS;
    while (
      !(await fetch(`${server.admin.url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (server.child.exitCode !== null || Date.now() > deadline) {
        server.child.kill('SIGKILL');
        throw new Error(`not ready: ${server.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return server;
  }

  /** There is space again. */
  liftFileLimit(): void {
    execFileSync('prlimit', ['--pid', String(this.child.pid), '--fsize=unlimited:']);
  }

  /** Ends the process by the signal and answers with its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill(signal);
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }

  /** The exit code of a process that ends by itself. */
  async exit(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }
}
