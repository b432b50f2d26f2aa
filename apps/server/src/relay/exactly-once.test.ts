import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEmbeddedStore } from '#event-store/embedded/embedded-store.js';
import type { EventStore } from '#event-store/event-store.js';
import type { Step } from '#messaging/kafka/kafka-topic.js';
import { KafkaBroker, kafkaNeeds } from '#messaging/testing/kafka-broker.js';
import { kcatNeeds } from '#messaging/testing/read-topic.js';
import { describeWith } from '#testing/needs.js';
import { until } from '#testing/until.js';
import { byAuction, eventsInKafka, partnerTruth } from '../testing/partner-truth.js';
import type { RelayTask } from './testing/relay-process.js';
import { RunningAuctions } from './testing/running-auctions.js';

const PROGRAM = fileURLToPath(new URL('./testing/relay-process.js', import.meta.url));
const AUCTIONS = 12;

/** A relay in a process of its own. */
class RelayProcess {
  output = '';
  readonly child: ChildProcess;

  constructor(task: RelayTask) {
    this.child = spawn(process.execPath, [PROGRAM, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
    });
  }

  async exit(): Promise<NodeJS.Signals | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.signalCode;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.exit();
  }

  says(text: string): Promise<void> {
    return until(() => this.output.includes(text), 90_000);
  }
}

describeWith(
  { ...kafkaNeeds, ...kcatNeeds },
  'a consumer that reads what is committed sees every event once, in order',
  () => {
    let broker: KafkaBroker;
    let directory: string;
    let store: EventStore;
    let auctions: RunningAuctions;
    let topic: string;
    let topics = 0;
    const relays: RelayProcess[] = [];

    beforeAll(async () => {
      broker = await KafkaBroker.start();
    }, 240_000);
    afterAll(() => broker?.stop());

    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'gavel-relay-'));
      store = await openEmbeddedStore({ directory });
      auctions = await RunningAuctions.start(store, AUCTIONS);
      topic = `events-${++topics}`;
    });
    afterEach(async () => {
      for (const relay of relays.splice(0)) if (relay.child.exitCode === null) relay.child.kill('SIGKILL');
      await auctions.stop();
      await store.close();
      await rm(directory, { recursive: true, force: true });
    });

    const relay = (fate?: RelayTask['fate'], transactionMs = 1_500) => {
      const common = { directory, brokers: broker.address, topic, transactionMs, takeOverMs: 1_000 };
      const started = new RelayProcess({ ...common, ...(fate && { fate }) });
      relays.push(started);
      return started;
    };

    /** The auctions end, the relays come to the end, and kcat agrees with the store, event by event. */
    async function expectAllOnce() {
      await auctions.stop();
      const truth = await partnerTruth(store);
      let seen: string[] = [];
      await until(async () => {
        await sleep(250);
        seen = await eventsInKafka(broker.address, topic);
        return seen.length >= truth.length;
      }, 120_000).catch(() => undefined);
      expect(seen.length).toBe(truth.length);
      expect(byAuction(seen)).toEqual(byAuction(truth));
      expect(truth.length).toBeGreaterThan(AUCTIONS * 4);
    }

    const deaths: [step: Step, nth: number, laterMs: number][] = [
      ['initialised', 1, 0],
      ['read', 1, 0],
      ['begun', 1, 2],
      ['begun', 3, 0],
      ['sent', 1, 0],
      ['sent', 4, 0],
      ['committing', 1, 1],
      ['committing', 2, 0],
      ['committing', 3, 2],
      ['committing', 5, 4],
      ['committed', 3, 0],
    ];

    it('though the relay is killed at every step', async () => {
      for (const [step, nth, later] of deaths) {
        expect(await relay({ step, nth, later, signal: 'SIGKILL' }).exit()).toBe('SIGKILL');
      }
      relay();
      await expectAllOnce();
    }, 240_000);

    it('though two relay at once, and one of them is killed again and again', async () => {
      const steady = relay();
      await steady.says('relaying to Kafka');
      for (let i = 0; i < 4; i += 1) {
        const other = relay();
        await other.says('relaying to Kafka');
        await sleep(200);
        await other.end('SIGKILL');
      }
      expect(steady.output).toContain('standing by');
      await expectAllOnce();
    }, 240_000);

    it.each([
      ['for longer than it may last', 1_500],
      ['that another relay ends', 60_000],
    ])(
      'though a relay is held within a transaction %s, and goes on beside it',
      async (_, transactionMs) => {
        const held = relay({ step: 'sent', nth: 3, later: 0, signal: 'SIGSTOP' }, transactionMs);
        await held.says('fate');
        const other = relay(undefined, transactionMs);
        await other.says('relaying to Kafka');
        await sleep(2_500);
        held.child.kill('SIGCONT');
        await until(() => (held.output + other.output).includes('standing by'), 90_000);
        await expectAllOnce();
      },
      240_000,
    );

    it('though a relay alone is held for longer than a transaction may last', async () => {
      const held = relay({ step: 'sent', nth: 3, later: 0, signal: 'SIGSTOP' });
      await held.says('fate');
      await sleep(3_000);
      held.child.kill('SIGCONT');
      await expectAllOnce();
    }, 240_000);

    it('though the broker is killed and comes back', async () => {
      const working = relay();
      await working.says('relaying to Kafka');
      await broker.kill();
      await working.says('events do not reach Kafka');
      await broker.resume();
      await expectAllOnce();
    }, 240_000);
  },
);
