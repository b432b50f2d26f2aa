import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a mortal writer thread does next instead of its work. */
export type DeathOrder = 'before-commit' | 'of-sqlite' | 'after-commit' | 'refuse-start' | 'crash-at-start';

const orders = (directory: string): string => join(directory, 'death-orders');

/** Tells the mortal writer thread of a directory to die, once per order, in this order. */
export function orderDeaths(directory: string, ...deaths: DeathOrder[]): void {
  appendFileSync(orders(directory), deaths.map((death) => `${death}\n`).join(''));
}

/** Whether this death is due; then it is taken off the list. */
export function isDue(directory: string, death: DeathOrder): boolean {
  if (!existsSync(orders(directory))) return false;
  const [next, ...others] = readFileSync(orders(directory), 'utf8').split('\n');
  if (next !== death) return false;
  writeFileSync(orders(directory), others.join('\n'));
  return true;
}
