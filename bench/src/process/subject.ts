import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Scope } from './scope.js';

/** Far more than any measurement takes, milliseconds. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Measures in a process of its own, so that no measurement inherits the heap or the compiled code of another one. The program
 * is a file of `subjects/` that calls `answer`.
 */
export async function inProcess<Task extends object, Found>(
  scope: Scope,
  program: string,
  task: Task,
  execArgv: readonly string[] = [],
): Promise<Found> {
  const file = fileURLToPath(new URL(`../subjects/${program}.js`, import.meta.url));
  const child = fork(file, [JSON.stringify(task)], {
    execArgv: [...execArgv],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  scope.adopt(child);
  const answers: Found[] = [];
  child.on('message', (found) => answers.push(found as Found));
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const [code, signal] = await once(child, 'exit');
  clearTimeout(timer);
  const [found] = answers;
  if (code !== 0 || found === undefined) throw new Error(`the measurement ${program} ended with ${code ?? signal}`);
  return found;
}

/** The other side of `inProcess`: does the task that the process was started for, and tells what it found. */
export function answer<Task, Found extends object>(work: (task: Task) => Promise<Found>): void {
  // The run has ended, in whatever way: nobody waits for the figures.
  process.on('disconnect', () => process.exit(1));
  work(JSON.parse(process.argv[2] ?? '{}') as Task).then(
    (found) => process.send?.(found, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
