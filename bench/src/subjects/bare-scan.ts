import { join } from 'node:path';
import Database from 'libsql';
import type { Measured } from '../benchmark.js';
import { answer } from '../process/subject.js';
import type { PassTask } from './rebuild-pass.js';

const PAGE = 1_000;

/** Every row of the store in order, its JSON parsed, and nothing else: what any pass over the events must do. */
answer<PassTask, Measured>(async ({ directory }) => {
  const db = new Database(join(directory, 'events.db'));
  // Without the columns that are computed: those are not stored.
  const columns = (db.prepare('PRAGMA table_info(events)').all() as { name: string }[]).map(({ name }) => name);
  const query = db
    .prepare(`SELECT ${columns.join(', ')} FROM events WHERE position > ? ORDER BY position LIMIT ?`)
    .raw();
  const [position, data, metadata] = ['position', 'data', 'metadata'].map((name) => columns.indexOf(name)) as number[];
  const started = performance.now();
  let events = 0;
  for (let after = 0; ; ) {
    const rows = query.all([after, PAGE]) as unknown[][];
    for (const row of rows) {
      JSON.parse(row[data as number] as string);
      JSON.parse(row[metadata as number] as string);
    }
    events += rows.length;
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.[position as number] as number;
  }
  const seconds = (performance.now() - started) / 1_000;
  db.close();
  return { value: events / seconds, details: { events, seconds } };
});
