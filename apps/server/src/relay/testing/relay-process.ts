import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedReader } from '#event-store/embedded/embedded-reader.js';
import type { EventReader, EventStore, RecordedEvent } from '#event-store/event-store.js';
import { kafkaClient } from '#messaging/kafka/connection.js';
import { KafkaTopic, type Step } from '#messaging/kafka/kafka-topic.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { ALIAS_KEY } from '../../testing/running-server.js';
import { Relay } from '../relay.js';

/** What the parent asks for, as the one argument. */
export interface RelayTask {
  readonly directory: string;
  readonly brokers: string;
  readonly topic: string;
  readonly transactionMs: number;
  readonly takeOverMs: number;
  /** At the nth time that it comes to the step it ends as by kill -9, or is held as it is. */
  readonly fate?: {
    readonly step: Step;
    readonly nth: number;
    readonly signal: 'SIGKILL' | 'SIGSTOP';
    /** Milliseconds after the step, while what follows it is on its way; 0: at once. */
    readonly later: number;
  };
}

const POLL_MS = 5;

/** A store that another process writes, followed by asking again and again. */
const followed = (reader: EventReader): Pick<EventStore, 'follow' | 'head' | 'idAt' | 'readAll'> => ({
  head: () => reader.head(),
  idAt: (position) => reader.idAt(position),
  readAll: (after, maxCount, types) => reader.readAll(after, maxCount, types),
  async *follow({ after, signal, types }): AsyncIterable<readonly RecordedEvent[]> {
    for (let from = after; !signal.aborted; ) {
      const page = await reader.readAll(from, 500, types);
      if (page.length > 0) yield page;
      else await sleep(POLL_MS);
      from = page.at(-1)?.position ?? from;
    }
  },
});

function main({ directory, brokers, topic, transactionMs, takeOverMs, fate }: RelayTask): void {
  const counts = new Map<Step, number>();
  const onStep = (step: Step) => {
    const count = (counts.get(step) ?? 0) + 1;
    counts.set(step, count);
    if (fate === undefined || step !== fate.step || count !== fate.nth) return;
    process.stdout.write('fate\n');
    if (fate.later > 0) setTimeout(() => process.kill(process.pid, fate.signal), fate.later);
    else process.kill(process.pid, fate.signal);
  };
  const log = { info: tell, warn: tell, error: tell, debug: () => {} };
  const kafka = kafkaClient({ brokers: [brokers] }, log);
  const relay = new Relay({
    store: followed(openEmbeddedReader(directory)),
    topic: new KafkaTopic(kafka, { topic, partitions: 4, transactionMs, onStep }),
    aliasOf: new BidderAliases(ALIAS_KEY).of,
    log,
    takeOverMs,
  });
  relay.start();
  process.on('SIGTERM', async () => {
    await relay.stop();
    process.exit(0);
  });
}

function tell(fields: object, message: string): void {
  const { err } = fields as { err?: Error };
  process.stdout.write(`${message}${err === undefined ? '' : `: ${err.message}`}\n`);
}

main(JSON.parse(process.argv[2] as string) as RelayTask);
