import {
  type AllStreamResolvedEvent,
  ANY,
  END,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  type ResolvedEvent,
  streamNameFilter,
} from '@eventstore/db-client';
import { newStream } from '../../contract-suite/samples.js';
import { type Connection, parseConnectionString } from '../connection-string.js';
import { isNoPosition } from '../failures.js';

const events = (count: number, bytes = 0) =>
  Array.from({ length: count }, () => jsonEvent({ type: 'Belief', data: { text: 'x'.repeat(bytes) } }));

async function all<Event>(read: AsyncIterable<Event> & { cancel(): Promise<void> }): Promise<Event[]> {
  const found: Event[] = [];
  try {
    for await (const event of read) found.push(event);
    return found;
  } finally {
    await read.cancel();
  }
}

/**
 * What the adapter takes for granted about a server, seen through the client alone. The double and a real server must agree in
 * every one: else what is tested on the double is not what will happen.
 */
export function describeBeliefs(url: () => string): void {
  describe('a server', () => {
    let client: EventStoreDBClient;
    let credentials: Connection['credentials'];
    beforeAll(() => {
      const connection = parseConnectionString(url());
      credentials = connection.credentials;
      client = EventStoreDBClient.connectionString(connection.url);
    });
    afterAll(() => client.dispose());

    const append = (stream: string, batch: ReturnType<typeof events>, expectedRevision: bigint | typeof NO_STREAM) =>
      client.appendToStream(stream, batch, { expectedRevision, credentials });
    const read = (stream: string, from = 0n) =>
      all<ResolvedEvent>(client.readStream(stream, { fromRevision: from, maxCount: 100 }));
    const positionOf = ({ event }: ResolvedEvent | AllStreamResolvedEvent) => event?.position;

    it('gives each event of an append a position of its own, commit and prepare alike, on reads of the stream', async () => {
      const stream = newStream();
      const result = await append(stream, events(4), NO_STREAM);
      const positions = (await read(stream)).map(positionOf);
      expect(positions.every((position) => position !== undefined && position.commit === position.prepare)).toBe(true);
      expect(new Set(positions.map((position) => position?.commit)).size).toBe(4);
      expect(positions.map((position) => position?.commit)).toEqual(
        positions.map((position) => position?.commit).toSorted((a, b) => Number((a ?? 0n) - (b ?? 0n))),
      );
      expect(positions.at(-1)?.commit).toBeLessThan(0xffff_ffff_ffff_ffffn);
      expect(result.success).toBe(true);
    });

    it('reads all streams from a position on, and includes it, with the positions that reads of the stream give', async () => {
      const stream = newStream();
      await append(stream, events(3), NO_STREAM);
      const ofStream = await read(stream);
      const fromPosition = positionOf(ofStream[1] as ResolvedEvent) ?? { commit: 0n, prepare: 0n };
      const ofAll = await all(client.readAll({ fromPosition, maxCount: 100 }));
      const own = ofAll.filter(({ event }) => event?.streamId === stream);
      expect(own.map(positionOf)).toEqual(ofStream.slice(1).map(positionOf));
      expect(ofAll[0]?.event?.id).toBe(ofStream[1]?.event?.id);
    });

    it('refuses to read all streams from where no event begins, or begins with another one', async () => {
      const stream = newStream();
      await append(stream, events(1), NO_STREAM);
      const { commit } = positionOf((await read(stream))[0] as ResolvedEvent) ?? { commit: 0n };
      for (const nowhere of [commit + 1n, commit + 1_000_000_000n]) {
        const fromPosition = { commit: nowhere, prepare: nowhere };
        const found = await all(client.readAll({ fromPosition, maxCount: 1 })).catch((error: unknown) => error);
        if (found instanceof Error) expect(isNoPosition(found)).toBe(true);
        else expect((found as AllStreamResolvedEvent[]).map(positionOf)).not.toContainEqual(fromPosition);
      }
    });

    it('reads all streams backwards from the end', async () => {
      const stream = newStream();
      await append(stream, events(2), NO_STREAM);
      const last = await all(client.readAll({ direction: 'backwards', fromPosition: END, maxCount: 200 }));
      const own = last.filter(({ event }) => event?.streamId === stream);
      expect(own.map(({ event }) => event?.revision)).toEqual([1n, 0n]);
    });

    it('subscribes behind a position, and excludes it; a filter leaves out streams of its own', async () => {
      const stream = newStream();
      await append(stream, events(3), NO_STREAM);
      const fromPosition = positionOf((await read(stream))[0] as ResolvedEvent) ?? { commit: 0n, prepare: 0n };
      const filter = streamNameFilter({ regex: '^[^$]' });
      const subscription = client.subscribeToAll({ fromPosition, filter });
      const found: AllStreamResolvedEvent[] = [];
      for await (const event of subscription) {
        if (event.event?.streamId === stream) found.push(event as AllStreamResolvedEvent);
        expect(event.event?.streamId).not.toMatch(/^\$/);
        if (found.length === 2) break;
      }
      await subscription.unsubscribe();
      expect(found.map(({ event }) => event?.revision)).toEqual([1n, 2n]);
    });

    it('recognises the repeat of an append at no stream and at a revision, behind later ones too', async () => {
      const stream = newStream();
      const [first, second] = [events(2), events(3)];
      await append(stream, first, NO_STREAM);
      await append(stream, second, 1n);
      await append(stream, events(2), 4n);
      expect(await append(stream, first, NO_STREAM)).toMatchObject({ success: true, nextExpectedRevision: 1n });
      expect(await append(stream, second, 1n)).toMatchObject({ success: true, nextExpectedRevision: 4n });
      expect(await read(stream)).toHaveLength(7);
    });

    it('calls it a wrong version when only a part of the append is there', async () => {
      const stream = newStream();
      const batch = events(3);
      await append(stream, batch, NO_STREAM);
      const attempts = [[batch[0], ...events(2)], [...batch, ...events(1)], batch.toReversed()] as (typeof batch)[];
      for (const attempt of attempts) {
        await expect(append(stream, attempt, NO_STREAM)).rejects.toMatchObject({
          type: 'wrong-expected-version',
          actualVersion: 2n,
          message: '',
        });
      }
    });

    it('says of a missing stream that there is none, in an append and in a read', async () => {
      const stream = newStream();
      await expect(append(stream, events(1), 0n)).rejects.toMatchObject({ actualVersion: 'no_stream' });
      await expect(read(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
    });

    it('looks at no ids at the current revision: the same event is written twice', async () => {
      const stream = newStream();
      const batch = events(1);
      await append(stream, batch, NO_STREAM);
      await append(stream, batch, 0n);
      expect(await read(stream)).toHaveLength(2);
    });

    it('remembers ids at any revision, for a while', async () => {
      const stream = newStream();
      const batch = events(1);
      await client.appendToStream(stream, batch, { expectedRevision: ANY, credentials });
      await client.appendToStream(stream, batch, { expectedRevision: ANY, credentials });
      expect(await read(stream)).toHaveLength(1);
    });

    it('takes an append of nearly 1 MiB', async () => {
      const stream = newStream();
      await append(stream, events(10, 100_000), NO_STREAM);
      expect(await read(stream)).toHaveLength(10);
    });

    it('reads nothing behind the end of a stream', async () => {
      const stream = newStream();
      await append(stream, events(1), NO_STREAM);
      expect(await read(stream, 1n)).toEqual([]);
    });

    it('tells the time of the recording', async () => {
      const stream = newStream();
      await append(stream, events(1), NO_STREAM);
      const [{ event }] = (await read(stream)) as [ResolvedEvent];
      expect(Math.abs((event?.created.getTime() ?? 0) - Date.now())).toBeLessThan(3_600_000);
    });
  });
}
