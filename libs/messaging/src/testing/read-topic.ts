import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { programAt } from '#testing/needs.js';

const run = promisify(execFile);

export const kcatNeeds = { kcat: programAt('kcat') !== null };

/** A record as kcat, a client that shares no code with ours, sees it. */
export interface SeenRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly payload: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/** What a consumer that reads only what is committed finds in the topic, from the beginning to its end. */
export async function readCommitted(broker: string, topic: string, ...options: string[]): Promise<SeenRecord[]> {
  const args = [
    '-b',
    broker,
    '-C',
    '-t',
    topic,
    '-o',
    'beginning',
    '-e',
    '-q',
    '-J',
    '-X',
    'isolation.level=read_committed',
  ];
  const { stdout } = await run('kcat', [...args, ...options], { timeout: 60_000, maxBuffer: 512 * 1024 * 1024 });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SeenRecord);
}
