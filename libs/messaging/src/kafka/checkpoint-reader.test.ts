import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { CheckpointReader } from './checkpoint-reader.js';

type EachBatch = (payload: { batch: object }) => Promise<void>;

interface Seen {
  readonly first: number;
  readonly last: number;
  /** Of the newest committed record; null: all were given up. */
  readonly value: string | null;
}

/** A client that hands over whatever batches it is told to, at any time. */
class ScriptedClient {
  readonly soughtTo: number[] = [];
  private readonly listeners = new Map<string, (event: { payload: object }) => void>();
  private eachBatch: EachBatch = async () => {};

  readonly kafka = {
    consumer: () => ({
      events: { CRASH: 'crash', END_BATCH_PROCESS: 'end', GROUP_JOIN: 'join' },
      on: (name: string, listener: (event: { payload: object }) => void) => this.listeners.set(name, listener),
      connect: async () => {},
      subscribe: async () => {},
      run: async (options: { eachBatch: EachBatch }) => {
        this.eachBatch = options.eachBatch;
        this.listeners.get('join')?.({ payload: {} });
      },
      seek: ({ offset }: { offset: string }) => this.soughtTo.push(Number(offset)),
    }),
  } as unknown as Kafka;

  constructor(readonly high: number) {}

  readonly admin = {
    fetchTopicOffsets: async () => [{ partition: 0, low: '0', high: String(this.high) }],
  } as unknown as Admin;

  async hand({ first, last, value }: Seen): Promise<void> {
    const batch = { lastOffset: () => String(last), messages: [{ value: value === null ? null : Buffer.from(value) }] };
    // As the client does: a batch without anything that was committed is not handed over, and only told to be done.
    if (value !== null) await this.eachBatch({ batch });
    this.listeners.get('end')?.({ payload: { firstOffset: String(first), lastOffset: String(last) } });
  }

  async soughtTimes(times: number): Promise<void> {
    while (this.soughtTo.length < times) await new Promise(setImmediate);
  }
}

describe('a reader of checkpoints', () => {
  it('does not take a batch that was under way when it went back for the end of what it reads anew', async () => {
    const client = new ScriptedClient(1_000);
    const reader = await CheckpointReader.open(client.kafka, client.admin, 'checkpoints');
    const read = reader.read();
    await client.hand({ first: 800, last: 999, value: null });
    await client.soughtTimes(2);
    await client.hand({ first: 1_000, last: 1_001, value: null });
    // Longer than between two looks of the reader at how far it came.
    await sleep(20);
    await client.hand({ first: 0, last: 499, value: '42' });
    await client.hand({ first: 500, last: 1_001, value: null });
    expect(await read).toBe('42');
    expect(client.soughtTo).toEqual([800, 0]);
  });

  it('keeps the newest checkpoint while its client, which has joined anew, reads from the first offset', async () => {
    const client = new ScriptedClient(1_000);
    const reader = await CheckpointReader.open(client.kafka, client.admin, 'checkpoints');
    await client.hand({ first: 800, last: 999, value: '42' });
    expect(await reader.read()).toBe('42');
    await client.hand({ first: 0, last: 799, value: '41' });
    expect(await reader.read()).toBe('42');
  });
});
