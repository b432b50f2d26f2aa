import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The path of an example of docs/. */
export const example = (name: string) =>
  fileURLToPath(new URL(`../../../../../../docs/examples/${name}`, import.meta.url));

/** A consumer of docs/partners.md, as a partner would run it. */
export class ExampleConsumer {
  readonly events: string[] = [];
  private readonly child: ChildProcess;

  constructor(brokers: string, group: string, file = 'consume-events.mjs', settings: Record<string, string> = {}) {
    const env = { PATH: process.env['PATH'], KAFKA_BROKERS: brokers, GROUP: group, ...settings };
    this.child = spawn(process.execPath, [example(file)], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    let rest = '';
    this.child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      this.events.push(...lines.filter((line) => line.startsWith('{"eventId"')));
    });
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}
