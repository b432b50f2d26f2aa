import { LRUCache } from 'lru-cache';
import type { Connection, Query } from './connect.js';

/** About 150 bytes each. One that was forgotten costs an indexed query. */
const REMEMBERED = 10_000;

/** A key in two: what it shares with its neighbours, all up to its last '/', and the rest. */
export function splitKey(key: string): readonly [prefix: string, rest: string] {
  const at = key.lastIndexOf('/') + 1;
  return [key.slice(0, at), key.slice(at)];
}

/** The numbers that stand for the prefixes of keys in a file. */
export class KeyPrefixes {
  protected readonly known = new LRUCache<string, number>({ max: REMEMBERED });
  readonly #find: Query;

  constructor(db: Connection) {
    this.#find = db.prepare('SELECT id FROM prefixes WHERE text = ?').raw();
  }

  /** Null: no key has it. */
  find(prefix: string): number | null {
    const known = this.known.get(prefix);
    if (known !== undefined) return known;
    const [id = null] = (this.#find.get([prefix]) as [number] | undefined) ?? [];
    if (id !== null) this.known.set(prefix, id);
    return id;
  }
}

/** The same, where new ones are added. */
export class GrowingPrefixes extends KeyPrefixes {
  readonly #add: Query;

  constructor(db: Connection) {
    super(db);
    this.#add = db.prepare('INSERT INTO prefixes (text) VALUES (?) RETURNING id').raw();
  }

  findOrAdd(prefix: string): number {
    const found = this.find(prefix);
    if (found !== null) return found;
    const [[id]] = this.#add.all([prefix]) as unknown as [[number]];
    this.known.set(prefix, id);
    return id;
  }

  /** The transaction that may have added some was rolled back. */
  drop(): void {
    this.known.clear();
  }
}
