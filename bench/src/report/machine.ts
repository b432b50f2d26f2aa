import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem } from 'node:os';

/** Where and when the figures were taken: without it they mean nothing. */
export interface Machine {
  readonly date: string;
  readonly commit: string;
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly linux: string;
}

export const machine = (): Machine => ({
  date: new Date().toISOString().slice(0, 10),
  commit: commit(),
  node: process.version,
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGib: Math.round(totalmem() / 2 ** 30),
  linux: release(),
});

export const machineText = ({ date, commit, node, processor, cores, memoryGib, linux }: Machine): string =>
  `${date}, commit ${commit}; ${processor}, ${cores} cores, ${memoryGib} GiB; Linux ${linux}; Node ${node}`;

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no').trim() !== '';
    return `${git('rev-parse', '--short', 'HEAD').trim()}${changed ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}
