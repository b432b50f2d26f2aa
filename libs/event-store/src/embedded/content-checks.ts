import { type Connection, number, rowsOf } from './connection.js';

/** Up to this size a start checks everything, which takes about 3 ms per MiB; above it, the end, where a crash does harm. */
const SMALL_BYTES = 64 * 1_048_576;
const RECENT_EVENTS = 1_000;
const REPORTED = 5;

/** One sentence per contradiction, at most a few of each kind. Throws SQLite's error when pages cannot be read. */
export function problemsAtStart(db: Connection): string[] {
  const bytes = number(db, 'PRAGMA page_count') * number(db, 'PRAGMA page_size');
  return bytes <= SMALL_BYTES ? allProblems(db) : recentProblems(db);
}

/** Reads the whole store. */
export function allProblems(db: Connection): string[] {
  return [
    ...pageProblems(db),
    ...texts(db, GAPS_ANYWHERE),
    ...texts(db, STREAMS_ANYWHERE),
    ...texts(db, RUNS_ANYWHERE),
    ...texts(db, notJson('events')),
  ];
}

/** Whether SQLite can read its pages, and its indexes say what the tables say. */
export const pageProblems = (db: Connection): string[] =>
  texts(db, `PRAGMA integrity_check(${REPORTED})`).filter((text) => text !== 'ok');

/** Reads the last events only, however many there are. */
export function recentProblems(db: Connection): string[] {
  return [...texts(db, RECENT_GAPS), ...texts(db, RECENT_STREAMS), ...texts(db, notJson(RECENT))];
}

const texts = (db: Connection, sql: string): string[] => (rowsOf(db, sql).all([]) as [string][]).flat();

const RECENT = `(SELECT * FROM events ORDER BY position DESC LIMIT ${RECENT_EVENTS})`;

const GAPS_ANYWHERE = `
  SELECT format('%d events stand at positions up to %d', count(*), max(position)) FROM events
  HAVING count(*) <> coalesce(max(position), 0)`;

const RECENT_GAPS = `
  SELECT format('positions are missing between %d and %d', min(position), max(position)) FROM ${RECENT}
  HAVING count(*) <> max(position) - min(position) + 1`;

const RUNS_FOUND = `
  (SELECT stream, epoch, count(*) AS count, min(revision) AS first, max(revision) AS last FROM events GROUP BY epoch, stream)`;

const STREAMS_ANYWHERE = `
  SELECT format('stream %s ends at revision %d but has %d events, %d to %d',
                coalesce(s.name, 'without a name'), s.revision, e.count, e.first, e.last)
  FROM streams s FULL JOIN
       (SELECT stream, sum(count) AS count, min(first) AS first, max(last) AS last FROM ${RUNS_FOUND} GROUP BY stream) e
       ON e.stream = s.id
  WHERE e.first IS NOT 0 OR e.last IS NOT s.revision OR e.count IS NOT s.revision + 1
  LIMIT ${REPORTED}`;

const RUNS_ANYWHERE = `
  WITH found AS (SELECT stream, epoch, first FROM ${RUNS_FOUND}), noted AS (SELECT stream, epoch, revision FROM runs)
  SELECT DISTINCT format('stream %d: its events in epoch %d and its run there disagree', stream, epoch)
  FROM (SELECT * FROM (SELECT * FROM found EXCEPT SELECT * FROM noted)
        UNION ALL SELECT * FROM (SELECT * FROM noted EXCEPT SELECT * FROM found))
  LIMIT ${REPORTED}`;

const RECENT_STREAMS = `
  SELECT format('stream %s ends at revision %d but its last %d events are %d to %d',
                coalesce(s.name, 'without a name'), s.revision, e.count, e.first, e.last)
  FROM (SELECT stream, count(*) AS count, min(revision) AS first, max(revision) AS last FROM ${RECENT} GROUP BY stream) e
       LEFT JOIN streams s ON s.id = e.stream
  WHERE e.last IS NOT s.revision OR e.count <> e.last - e.first + 1
     OR e.last IS NOT (SELECT max(revision) FROM events WHERE stream = e.stream AND
                       epoch = (SELECT epoch FROM runs WHERE stream = e.stream ORDER BY revision DESC LIMIT 1))
  LIMIT ${REPORTED}`;

const notJson = (events: string): string => `
  SELECT format('the event at position %d is not JSON', position) FROM ${events}
  WHERE NOT json_valid(data) OR NOT json_valid(metadata)
  LIMIT ${REPORTED}`;
