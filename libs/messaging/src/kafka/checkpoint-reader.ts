import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Consumer, Kafka } from 'kafkajs';

/** Among the last so many offsets a checkpoint is found, unless as many attempts in a row were given up: each leaves two. */
const TAIL = 200;
/** How much further each look goes back than the one before. */
const FURTHER = 10;
/** Without anything read. */
const PATIENCE_MS = 20_000;

/** Follows the committed checkpoints: the one partition of a compacted topic. */
export class CheckpointReader {
  private latest: string | null = null;
  /** Of what was read: the first offset, and the one behind the last. */
  private from = -1;
  private next = -1;
  /** The furthest that `next` ever was. */
  private seen = -1;
  private failure: Error | null = null;

  private constructor(
    private readonly consumer: Consumer,
    private readonly admin: Admin,
    private readonly topic: string,
  ) {}

  static async open(kafka: Kafka, admin: Admin, topic: string): Promise<CheckpointReader> {
    // A group of its own, without commits: nobody shares the partition, and nothing of it stays.
    const groupId = `${topic}-reader-${randomUUID()}`;
    const consumer = kafka.consumer({
      groupId,
      maxWaitTimeInMs: 500,
      sessionTimeout: 10_000,
      heartbeatInterval: 2_000,
    });
    const reader = new CheckpointReader(consumer, admin, topic);
    try {
      await reader.start();
    } catch (error) {
      await consumer.disconnect().catch(() => undefined);
      throw error;
    }
    return reader;
  }

  /** The newest committed checkpoint of all that were committed before this was asked; null: none ever was. */
  async read(): Promise<string | null> {
    for (let span = TAIL * FURTHER; ; span *= FURTHER) {
      const { low, high } = await this.ends();
      // A writer that has not ended its transaction holds back whatever is behind it.
      await this.until(() => this.next >= high);
      // Only the whole topic can tell that nothing was ever committed; whoever is told so starts from the first event.
      if (this.latest !== null || this.from <= low) return this.latest;
      this.readFrom(Math.max(low, high - span));
    }
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
  }

  private async start(): Promise<void> {
    const { consumer, topic } = this;
    const { CRASH, END_BATCH_PROCESS, GROUP_JOIN } = consumer.events;
    const { low, high } = await this.ends();
    this.from = Math.max(low, high - TAIL);
    this.next = this.from;
    let joined = false;
    consumer.on(GROUP_JOIN, () => {
      joined = true;
    });
    consumer.on(CRASH, ({ payload }) => {
      // What can be tried again, the client tries itself.
      if (!payload.restart) this.failure = payload.error;
    });
    // Also for batches in which nothing but the marks of transactions stands.
    consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      // It was under way when the reader went back, and does not join what is read anew.
      if (this.next < this.seen && Number(payload.firstOffset) >= this.seen) return;
      this.next = Math.max(this.next, Number(payload.lastOffset) + 1);
      this.seen = Math.max(this.seen, this.next);
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        // Without committed offsets the client begins at the first, whenever it joins anew too: that is older than what is known.
        if (Number(batch.lastOffset()) < this.next) return;
        this.latest = batch.messages.at(-1)?.value?.toString() ?? this.latest;
      },
    });
    await this.until(() => joined);
    this.readFrom(this.from);
  }

  private readFrom(from: number): void {
    this.from = from;
    this.next = from;
    this.consumer.seek({ topic: this.topic, partition: 0, offset: String(from) });
  }

  private async until(condition: () => boolean): Promise<void> {
    let { next } = this;
    for (let deadline = performance.now() + PATIENCE_MS; !condition(); ) {
      if (this.failure !== null) throw this.failure;
      if (this.next !== next) deadline = performance.now() + PATIENCE_MS;
      next = this.next;
      if (performance.now() > deadline) throw new Error(`${this.topic} could not be read up to its end`);
      await sleep(2);
    }
  }

  /** A topic that was just made, or one whose broker was just started, has no leader for a moment. */
  private async ends(): Promise<{ low: number; high: number }> {
    for (const deadline = performance.now() + PATIENCE_MS; ; await sleep(20)) {
      try {
        const [ends] = await this.admin.fetchTopicOffsets(this.topic);
        return { low: Number(ends?.low), high: Number(ends?.high) };
      } catch (error) {
        if (!(error as { retriable?: boolean }).retriable || performance.now() > deadline) throw error;
      }
    }
  }
}
