import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { eventsFile } from '#event-store/embedded/connection.js';
import { verifyFiles } from '#event-store/embedded/verify-files.js';
import type { EventReader } from '#event-store/event-store.js';
import { readModelsDirectory, storeOf, withReader } from './store-reader.js';
import { type OutputOptions, type ProgressOptions, withOutputOptions, withProgress } from './terminal/options.js';
import { progressBar } from './terminal/progress.js';
import { type Session, write, writeJson } from './terminal/session.js';
import { table } from './terminal/table.js';
import { checkReadModels } from './verify/check-read-models.js';
import { damageOf } from './verify/damage.js';
import { type Difference, Differences } from './verify/differences.js';
import { foldStreams } from './verify/fold-streams.js';
import { scanEvents } from './verify/scan-events.js';

interface Verified {
  readonly events: number;
  readonly streams: number;
  /** None where no read model was ever built. */
  readonly readModels: readonly CheckedModel[];
  readonly differences: number;
  /** The first differences. */
  readonly first: readonly Difference[];
  readonly seconds: number;
}

/** Rows that serve, and how many of them differ. */
interface CheckedModel {
  readonly model: string;
  /** False: there are no rows of the wanted version, and nothing was compared. */
  readonly served: boolean;
  /** Of the rows that there are; null: there are none. */
  readonly version: number | null;
  readonly wantedVersion: number;
  readonly rows: number;
  readonly differences: number;
}

type LongOptions = OutputOptions & ProgressOptions;

/** `gavel verify`: whether the files, the streams and the read models are sound and tell the same. */
export function verifyCommand(program: Command, session: Session): void {
  const command = program
    .command('verify')
    .summary('check the event store and compare the read models with it')
    .description(
      'Checks the files of the event store, reads every event, folds every stream, and compares the read models with the ' +
        'events. Changes nothing in either; may run beside a server.',
    );
  withOutputOptions(withProgress(command), session).action((options: LongOptions) => verify(options, session));
}

async function verify(options: LongOptions, session: Session): Promise<void> {
  const startedAt = performance.now();
  const differences = new Differences();
  const found = await check(options, session, differences);
  const seconds = Math.round(performance.now() - startedAt) / 1000;
  const verified = { ...found, differences: differences.count, first: differences.first, seconds };
  session.exitCode = differences.count === 0 ? 0 : 1;
  if (options.json) await writeJson(session, verified);
  else await write(session, asText(verified));
}

type Found = Pick<Verified, 'events' | 'streams' | 'readModels'>;

/** Files that are there and cannot be opened are what this command looks for; files that are not there are a failure. */
async function check(options: LongOptions, session: Session, differences: Differences): Promise<Found> {
  const { dataDir } = options;
  const location = storeOf(options, session);
  // What EventStoreDB keeps is its own to check: every event is read.
  if (location.eventStoreUrl !== undefined) {
    return withReader(location, (reader) => checkEvents(reader, options, session, differences));
  }
  try {
    for (const problem of verifyFiles(dataDir).problems) differences.add('files', problem);
    return await withReader(location, (reader) => checkEvents(reader, options, session, differences));
  } catch (error) {
    const damage = damageOf(error);
    if (damage === null || !existsSync(eventsFile(dataDir))) throw error;
    differences.add('files', damage);
    return { events: 0, streams: 0, readModels: [] };
  }
}

async function checkEvents(
  reader: EventReader,
  options: LongOptions,
  session: Session,
  differences: Differences,
): Promise<Found> {
  const withBar = async <Result>(
    what: string,
    total: number,
    work: (update: (done: number) => void) => Promise<Result>,
  ) => {
    const bar = progressBar(session, options, what, total);
    return work((done) => bar.update(done)).finally(() => bar.stop());
  };
  const head = Number((await reader.head()) ?? 0);
  const { events, ends } = await withBar('events', head, (update) => scanEvents(reader, differences, update));
  await withBar('streams', ends.size, (update) => foldStreams(reader, ends, differences, update));
  const directory = readModelsDirectory(storeOf(options, session));
  const models = await withBar('read models', head, (update) =>
    checkReadModels(reader, directory, differences, update),
  );
  return {
    events,
    streams: ends.size,
    readModels: models.map(({ position: _, ...checked }) => checked),
  };
}

function asText({ events, streams, readModels, differences, first, seconds }: Verified): string {
  const models = table(
    [{ head: 'read model' }, { head: 'rows', align: 'right' }, { head: 'differences', align: 'right' }],
    readModels.map(({ model, served, rows, differences: count }) => [model, served ? rows : null, count]),
  );
  const others = readModels.filter(({ served, version }) => !served && version !== null);
  const shown = table(
    [{ head: 'where' }, { head: 'difference' }],
    first.map(({ where, what }) => [where, what]),
  );
  return [
    `${events} events of ${streams} streams\n`,
    readModels.length === 0 ? 'no read models\n' : `\n${models}`,
    ...others.map(versionsOf),
    first.length === 0 ? '' : `\n${shown}`,
    first.length < differences ? `and ${differences - first.length} more\n` : '',
    `\n${differences} differences, in ${seconds} s\n`,
  ].join('');
}

const versionsOf = ({ model, version, wantedVersion }: CheckedModel): string =>
  `${model} is of version ${version}, not ${wantedVersion}: not compared, the next start builds it anew\n`;
