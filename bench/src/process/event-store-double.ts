import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Scope } from './scope.js';
import { startServer } from './spawned.js';

const DOUBLE = fileURLToPath(
  new URL('../../../libs/event-store/src/eventstoredb/testing/double/main.js', import.meta.url),
);

/** Starts a double of EventStoreDB that answers a write once it is on disk. Answers its connection string. */
export async function startEventStoreDouble(scope: Scope): Promise<string> {
  const file = join(scope.directory('eventstore'), 'events.jsonl');
  const args = [DOUBLE, '--port', '0', '--data', file, '--sync'];
  const program = { command: process.execPath, args, patienceMs: 15_000 };
  const { found } = await startServer(scope, program, (output) => /esdb:\S+/.exec(output)?.[0]);
  return found;
}
