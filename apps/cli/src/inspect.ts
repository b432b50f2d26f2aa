import { type Command, Option } from 'commander';
import { toIso } from '#contracts/time.js';
import type { EventReader } from '#event-store/event-store.js';
import { describeEvent } from './inspect/describe-event.js';
import { type FoldedStream, foldUntil } from './inspect/fold-until.js';
import { shownEvent } from './inspect/shown-event.js';
import { stateTable } from './inspect/state-table.js';
import { parseUntil, type Until } from './inspect/until.js';
import { storeOf, withReader } from './store-reader.js';
import { STREAM_NAMES, type StoredEvent } from './streams/fold.js';
import { readPages } from './streams/read-pages.js';
import { type OutputOptions, wholeNumber, withOutputOptions } from './terminal/options.js';
import { type Session, write } from './terminal/session.js';
import { printable } from './terminal/table.js';

interface InspectOptions extends OutputOptions {
  readonly at?: Until;
  readonly last?: number;
  readonly all?: true;
}

const DEFAULT_LAST = 50;

/** `gavel inspect <stream>`: what happened in a stream and what came of it, at any revision or time. */
export function inspectCommand(program: Command, session: Session): void {
  const command = program
    .command('inspect')
    .summary('the events of a stream and the state they lead to')
    .description(
      'Shows the events of a stream and the state they lead to. For whoever runs Gavel: hidden maxima and reserves are shown.',
    )
    .argument('<stream>', STREAM_NAMES)
    .option('--at <revision|time>', 'as it was at this revision, or at this ISO 8601 time', parseUntil)
    .addOption(
      new Option('--last <n>', `only the last events (default: ${DEFAULT_LAST}, with --json all)`)
        .argParser(wholeNumber(0, 1_000_000_000))
        .conflicts('all'),
    )
    .option('--all', 'every event and every lot');
  withOutputOptions(command, session).action((stream: string, options: InspectOptions) =>
    withReader(storeOf(options, session), (reader) => inspect(reader, stream, options, session)),
  );
}

/** Reads the stream twice, to know the state and that all can be read before the first line is out. Memory: one page. */
async function inspect(reader: EventReader, stream: string, options: InspectOptions, session: Session): Promise<void> {
  const folded = await foldUntil(reader, stream, options.at);
  const last = options.last ?? (options.json || options.all ? Number.POSITIVE_INFINITY : DEFAULT_LAST);
  const first = Math.max(0, folded.revision + 1 - last);
  const pages = readPages(reader, stream, first, folded.revision);
  if (options.json) await writeAsJson(session, folded, pages);
  else
    await writeAsText(session, folded, pages, {
      first,
      maxLots: options.all ? Number.POSITIVE_INFINITY : DEFAULT_LAST,
    });
}

async function writeAsJson(
  session: Session,
  { stream, revision, state }: FoldedStream,
  pages: AsyncIterable<readonly StoredEvent[]>,
): Promise<void> {
  await write(
    session,
    `{\n"stream": ${JSON.stringify(stream)},\n"revision": ${revision},\n"state": ${JSON.stringify(state)},\n"events": [`,
  );
  let separator = '\n';
  for await (const page of pages) {
    for (const event of page) {
      await write(session, `${separator}${JSON.stringify(shownEvent(event))}`);
      separator = ',\n';
    }
  }
  await write(session, '\n]\n}\n');
}

async function writeAsText(
  session: Session,
  { stream, revision, state }: FoldedStream,
  pages: AsyncIterable<readonly StoredEvent[]>,
  options: { readonly first: number; readonly maxLots: number },
): Promise<void> {
  const { first, maxLots } = options;
  await write(
    session,
    `${stream}: ${revision + 1} events${first === 0 ? '' : `, the first ${first} not shown (--all)`}\n\n`,
  );
  if (first <= revision) await write(session, eventLine('revision', 'time', 'type', 'what'));
  for await (const page of pages) await write(session, page.map(lineOf).join(''));
  const when = revision === -1 ? 'before the first event' : `at revision ${revision}`;
  await write(session, `${first <= revision ? '\n' : ''}state ${when}\n\n${stateTable(state, maxLots)}`);
}

/** Of fixed widths, so that the lines can be written page by page. */
const eventLine = (revision: string, time: string, type: string, what: string): string =>
  `${revision.padStart(8)}  ${time.padEnd(24)}  ${type.padEnd(16)}  ${what}\n`;

const lineOf = (event: StoredEvent): string =>
  eventLine(String(event.revision), toIso(event.recordedAt), event.type, printable(describeEvent(event)));
