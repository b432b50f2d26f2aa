import {
  comparePositions,
  type EventReader,
  type Position,
  type RecordedEvent,
  StoreUnusable,
} from '#event-store/event-store.js';
import { faultOf } from './check-event.js';
import { damageOf } from './damage.js';
import type { Differences } from './differences.js';

const PAGE = 1_000;
/** So many events in a row that cannot be read are no accident: the scan ends. */
const MAX_UNREADABLE = 1_000;

export interface Scan {
  readonly events: number;
  /** The last revision of every stream. */
  readonly ends: ReadonlyMap<string, number>;
}

/** Reads every event in commit order: each must be readable, as the catalogue says, and the next one of its stream. */
export async function scanEvents(
  reader: EventReader,
  differences: Differences,
  onProgress: (position: number) => void,
): Promise<Scan> {
  const ends = new Map<string, number>();
  let events = 0;
  let last: Position | null = null;
  for await (const page of readablePages(reader, differences)) {
    for (const event of page) {
      if (last !== null && comparePositions(last, event.position) >= 0) {
        differences.add(placeOf(event), `stands at position ${event.position}, behind ${last}`);
      }
      last = event.position;
      events += 1;
      checkPlace(event, ends, differences);
      const fault = faultOf(event);
      if (fault !== null) differences.add(placeOf(event), fault);
    }
    if (last !== null) onProgress(Number(last));
  }
  return { events, ends };
}

const placeOf = ({ stream, revision }: RecordedEvent): string => `${stream} revision ${revision}`;

function checkPlace(event: RecordedEvent, ends: Map<string, number>, differences: Differences): void {
  const expected = (ends.get(event.stream) ?? -1) + 1;
  if (event.revision !== expected) differences.add(placeOf(event), `stands where revision ${expected} is due`);
  ends.set(event.stream, event.revision);
}

/** Pages of all events. One event that cannot be read is found by halving the page, reported, and passed over. */
async function* readablePages(reader: EventReader, differences: Differences): AsyncGenerator<readonly RecordedEvent[]> {
  let after: Position | null = null;
  let size = PAGE;
  let lastDamage: string | null = null;
  for (let unreadable = 0; unreadable <= MAX_UNREADABLE; ) {
    const page = await pageOrDamage(reader, after, size);
    if (!('damage' in page)) {
      if (page.length === 0) return;
      yield page;
      after = page.at(-1)?.position ?? after;
      size = PAGE;
    } else if (size > 1) {
      size = Math.ceil(size / 2);
    } else {
      // The message names the event; the same one again is damage of the file, not of one event.
      if (page.damage === lastDamage) return;
      differences.add('event store', page.damage);
      lastDamage = page.damage;
      unreadable += 1;
      // The embedded store's positions have no gaps.
      after = page.position ?? String(BigInt(after ?? '0') + 1n);
      size = PAGE;
    }
  }
}

interface Damage {
  readonly damage: string;
  /** Of the event that cannot be read, where the store tells. */
  readonly position: Position | undefined;
}

async function pageOrDamage(
  reader: EventReader,
  after: Position | null,
  size: number,
): Promise<readonly RecordedEvent[] | Damage> {
  try {
    return await reader.readAll(after, size);
  } catch (error) {
    const damage = damageOf(error);
    if (damage === null) throw error;
    const { cause } = error as Error;
    return { damage, position: cause instanceof StoreUnusable ? cause.position : undefined };
  }
}
