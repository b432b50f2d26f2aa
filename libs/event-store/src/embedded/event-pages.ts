import { type Connection, type Query, rowsOf } from './connection.js';
import { PAGE_EVENTS, type Page, type ScannedPage, type SelectedRows, selectRows } from './rows.js';
import { ofStream } from './schema.js';

/** Beside PAGE_EVENTS: events may be large. */
const PAGE_CHARACTERS = 1_048_576;
/** Events come from SQLite in texts of so many: larger ones are slower to parse. */
const TEXT_EVENTS = 100;
/** How many positions one page may scan for rare types. */
const SCAN = 20_000;

const ALL = 'events e JOIN streams s ON s.id = e.stream';
const BEHIND = 'e.position > ? AND e.position <= ?';

/** The reading queries, on any connection. Each is read to its end: an open one would keep the log from being emptied. */
export class EventPages {
  readonly #head: Query;
  readonly #idAt: Query;
  readonly #ofStream: Query;
  readonly #ofAll: Query;
  readonly #ofTypes: Query;

  constructor(db: Connection) {
    const select = (rest: string): Query => rowsOf(db, selectRows('s.name', `${ALL} WHERE ${rest} LIMIT ?`));
    const ofStreamNamed = ofStream('(SELECT id FROM streams WHERE name = ?1)', '?2');
    this.#head = rowsOf(db, 'SELECT max(position) FROM events');
    this.#idAt = rowsOf(db, 'SELECT id FROM events WHERE position = ?');
    this.#ofStream = rowsOf(db, selectRows('?1', `${ofStreamNamed} LIMIT ?3`));
    this.#ofAll = select(`${BEHIND} ORDER BY e.position`);
    this.#ofTypes = select(`${BEHIND} AND e.type IN (SELECT value FROM json_each(?)) ORDER BY e.position`);
  }

  /** Position of the last event, 0 when there is none. */
  head(): number {
    return (this.#head.get([]) as [number | null])[0] ?? 0;
  }

  /** A position of another store may be larger than any number here: as text it is compared exactly. */
  idAt(position: string): string | null {
    return (this.#idAt.get([position]) as [string] | undefined)?.[0] ?? null;
  }

  ofStream(stream: string, from: number, limit: number): Page {
    return collect(limit, 0, ({ count }, most) => this.#ofStream.get([stream, from + count, most]));
  }

  ofAll(after: number, limit: number, types?: readonly string[]): ScannedPage {
    // Events up to a head that was read before never change: the queries of one page need no common snapshot.
    const head = this.head();
    const until = types === undefined ? head : Math.min(head, after + SCAN);
    const names = JSON.stringify(types);
    const found = collect(limit, after, ({ last }, most) =>
      types === undefined ? this.#ofAll.get([last, until, most]) : this.#ofTypes.get([last, until, names, most]),
    );
    return { ...found, scannedTo: found.end ? until : found.last, end: found.end && until === head };
  }
}

interface Found extends Page {
  /** Position of the last event in it. */
  readonly last: number;
}

/** Selects behind what was found, again and again, until nothing is left or the page is full. */
function collect(limit: number, after: number, select: (found: Found, most: number) => unknown): Found {
  const texts: string[] = [];
  const most = Math.min(limit, PAGE_EVENTS);
  let found: Found = { texts, count: 0, last: after, end: false };
  for (let characters = 0; found.count < most && characters < PAGE_CHARACTERS && !found.end; ) {
    const wanted = Math.min(TEXT_EVENTS, most - found.count);
    const [text, count, last] = select(found, wanted) as SelectedRows;
    if (text !== null) texts.push(text);
    characters += text?.length ?? 0;
    found = { texts, count: found.count + count, last: last ?? found.last, end: count < wanted };
  }
  return found;
}
