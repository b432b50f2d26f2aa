import { type Connection, type Query, rowsOf } from './connection.js';
import { type EventRow, eventColumns, type Page, type ScannedPage } from './rows.js';

/** Limits of one page, so that one answer neither blocks an event loop for long nor fills the memory. */
const PAGE_EVENTS = 1_000;
const PAGE_CHARACTERS = 1_048_576;
/** Rows are taken from SQLite in pieces of this size, and the page's characters counted between them. */
const PIECE = 100;
/** How many positions one page may scan for rare types. */
const SCAN = 20_000;

const FROM = `SELECT ${eventColumns('s.name')} FROM events e JOIN streams s ON s.id = e.stream`;

/** The reading queries, on any connection. Every query is read to its end: an open one would keep the WAL from being reset. */
export class EventPages {
  readonly #head: Query;
  readonly #ofStream: Query;
  readonly #ofAll: Query;
  readonly #ofTypes: Query;

  constructor(db: Connection) {
    this.#head = rowsOf(db, 'SELECT max(position) FROM events');
    this.#ofStream = rowsOf(db, `${FROM} WHERE s.name = ? AND e.revision >= ? ORDER BY e.revision LIMIT ?`);
    const behind = 'WHERE e.position > ? AND e.position <= ?';
    this.#ofAll = rowsOf(db, `${FROM} ${behind} ORDER BY e.position LIMIT ?`);
    this.#ofTypes = rowsOf(
      db,
      `${FROM} ${behind} AND e.type IN (SELECT value FROM json_each(?)) ORDER BY e.position LIMIT ?`,
    );
  }

  /** Position of the last event, 0 when there is none. */
  head(): number {
    return (this.#head.get([]) as [number | null])[0] ?? 0;
  }

  ofStream(stream: string, from: number, limit: number): Page {
    return collect(limit, (done, piece) => this.#ofStream.all([stream, from + done.length, piece]) as EventRow[]);
  }

  ofAll(after: number, limit: number, types?: readonly string[]): ScannedPage {
    // Events up to a head that was read before never change: the queries of one page need no common snapshot.
    const head = Math.max(after, this.head());
    const until = types === undefined ? head : Math.min(head, after + SCAN);
    const names = types === undefined ? undefined : JSON.stringify(types);
    const { rows, end } = collect(limit, (done, piece) => {
      const from = lastOf(done, after);
      return (
        names === undefined ? this.#ofAll.all([from, until, piece]) : this.#ofTypes.all([from, until, names, piece])
      ) as EventRow[];
    });
    return { rows, scannedTo: end ? until : lastOf(rows, after), end: end && until === head };
  }
}

const lastOf = (rows: EventRow[], otherwise: number): number => rows.at(-1)?.[0] ?? otherwise;

function collect(limit: number, next: (done: EventRow[], piece: number) => EventRow[]): Page {
  const rows: EventRow[] = [];
  let characters = 0;
  while (rows.length < Math.min(limit, PAGE_EVENTS) && characters < PAGE_CHARACTERS) {
    const piece = Math.min(PIECE, limit - rows.length);
    const found = next(rows, piece);
    for (const row of found) {
      rows.push(row);
      characters += row[6].length + row[7].length;
    }
    if (found.length < piece) return { rows, end: true };
  }
  return { rows, end: false };
}
