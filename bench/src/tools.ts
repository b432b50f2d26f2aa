import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Tool } from './benchmark.js';

/** The Debian package that has the program. */
const packages: Readonly<Record<Tool, string>> = {
  wrk: 'wrk',
  'redis-server': 'redis-server',
  taskset: 'util-linux',
  java: 'openjdk-17-jre-headless',
  chromium: 'chromium',
};

/** Throws when a program is missing: a benchmark without its limit says nothing. */
export function requireTools(tools: readonly Tool[]): void {
  const missing = tools.filter((tool) => !isInstalled(tool));
  if (missing.length === 0) return;
  const names = missing.map((tool) => packages[tool]).join(' ');
  throw new Error(`${missing.join(' and ')} cannot be found: apt-get install ${names}`);
}

const isInstalled = (tool: Tool): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((directory) => isProgram(join(directory, tool)));

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
