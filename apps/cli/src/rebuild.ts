import { existsSync } from 'node:fs';
import { Argument, type Command } from 'commander';
import {
  type BuildProgress,
  BuildRunning,
  type BuiltGeneration,
  buildGeneration,
} from '#read-models/build-generation.js';
import { HandlerFailed } from '#read-models/handlers.js';
import type { Projection } from '#read-models/projection.js';
import { projections, type ReadModelName } from '#read-models/projections/projections.js';
import { Failure } from './failure.js';
import { readModelsDirectory, storeOf, withReader } from './store-reader.js';
import { type OutputOptions, type ProgressOptions, withOutputOptions, withProgress } from './terminal/options.js';
import { progressBar } from './terminal/progress.js';
import { type Session, write, writeJson } from './terminal/session.js';
import { type Column, printable, table } from './terminal/table.js';

const NAMES = Object.keys(projections) as ReadModelName[];

type LongOptions = OutputOptions & ProgressOptions;

/** `gavel rebuild <read model|all>`: builds anew from the store beside what serves, and makes it serve. */
export function rebuildCommand(program: Command, session: Session): void {
  const command = program
    .command('rebuild')
    .summary('build a read model anew from the store')
    .description(
      'Builds a read model anew from the first event on, beside the one that serves, and then makes it serve. A server that ' +
        'runs on the data directory goes on answering and takes the new one over by itself.',
    )
    .addArgument(new Argument('<read model>', 'which one').choices([...NAMES, 'all']));
  withOutputOptions(withProgress(command), session).action((name: ReadModelName | 'all', options: LongOptions) =>
    rebuild(name, options, session),
  );
}

async function rebuild(name: ReadModelName | 'all', options: LongOptions, session: Session): Promise<void> {
  const chosen = (name === 'all' ? NAMES : [name]).map((each) => projections[each] as Projection<object>);
  const built = (await build(chosen, options, session)).map(figuresOf);
  if (options.json) return writeJson(session, { dataDir: options.dataDir, built });
  await write(
    session,
    table(
      COLUMNS,
      built.map(({ name, events, rows, seconds, eventsPerSecond }) => [
        name,
        events,
        rows,
        seconds.toFixed(3),
        eventsPerSecond,
      ]),
    ),
  );
}

async function build(
  chosen: readonly Projection<object>[],
  options: LongOptions,
  session: Session,
): Promise<readonly BuiltGeneration[]> {
  const location = storeOf(options, session);
  try {
    return await withReader(location, (reader) => {
      const directory = readModelsDirectory(location);
      // An embedded store is in the data directory itself; another one is found whatever that is.
      if (location.eventStoreUrl !== undefined && !existsSync(directory)) warnOfNew(directory, session);
      const bar = progressBar(session, options, 'events', 1);
      const onProgress = ({ position, head }: BuildProgress) => bar.update(Number(position), Number(head));
      return buildGeneration(chosen, reader, directory, onProgress).finally(() => bar.stop());
    });
  } catch (error) {
    if (error instanceof BuildRunning || error instanceof HandlerFailed)
      throw new Failure(error.message, { cause: error });
    throw error;
  }
}

function warnOfNew(directory: string, { stderr }: Session): void {
  stderr.write(`gavel: ${printable(directory)} was not there before: is --data-dir that of the server?\n`);
}

interface Figures {
  readonly name: string;
  readonly file: string;
  readonly events: number;
  readonly rows: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
}

const figuresOf = ({ name, file, events, rows, milliseconds }: BuiltGeneration): Figures => ({
  name,
  file,
  events,
  rows,
  seconds: Math.round(milliseconds) / 1000,
  eventsPerSecond: Math.round((events * 1000) / Math.max(1, milliseconds)),
});

const COLUMNS: readonly Column[] = [
  { head: 'read model' },
  { head: 'events', align: 'right' },
  { head: 'rows', align: 'right' },
  { head: 'seconds', align: 'right' },
  { head: 'events/s', align: 'right' },
];
