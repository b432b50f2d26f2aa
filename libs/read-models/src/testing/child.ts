import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Starts a script of this folder in a process of its own. */
export function startChild(script: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(`./${script}.js`, import.meta.url));
  return spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** What the script prints. Rejects when it fails. */
export async function runChild(script: string, args: readonly string[]): Promise<string> {
  const child = startChild(script, args);
  let printed = '';
  child.stdout?.on('data', (data: Buffer) => {
    printed += data.toString();
  });
  const code = await ended(child);
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
  return printed;
}

export const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    child.on('close', (code) => resolve(code));
  });
