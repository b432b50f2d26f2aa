import { randomUUID } from 'node:crypto';
import { KafkaBroker, kafkaNeeds } from '#messaging/testing/kafka-broker.js';
import type { Benchmark, Comparison, Measured, Run } from '../benchmark.js';
import { interleave } from '../interleave.js';
import { inProcess } from '../process/subject.js';
import type { Filled, FillTask } from '../subjects/fill-store.js';
import type { BacklogTask } from '../subjects/relay-backlog.js';
import type { LatencyTask } from '../subjects/relay-latency.js';

const LOTS = 300;
const BIDS = 200_000;
const EVENTS_A_SECOND = 1_000;

/** Events to Kafka in transactions, with their checkpoint: against the same records sent by the bare client without. */
export const relay: Benchmark = {
  name: 'relay',
  tools: ['java'],
  async run(run) {
    const missing = Object.keys(kafkaNeeds).filter((need) => !kafkaNeeds[need as keyof typeof kafkaNeeds]);
    if (missing.length > 0) throw new Error(`the benchmark relay needs ${missing.join(' and ')}`);
    const broker = await KafkaBroker.start({ forSpeed: true });
    try {
      return [await backlog(run, broker.address), await latency(run, broker.address)];
    } finally {
      await broker.stop();
    }
  },
};

async function backlog(run: Run, brokers: string): Promise<Comparison> {
  const { scope, quick } = run;
  const directory = scope.directory('relay');
  const bids = quick ? BIDS / 10 : BIDS;
  await inProcess<FillTask, Filled>(scope, 'fill-store', { directory, lots: LOTS, bids, proxies: true });
  const send = (way: BacklogTask['way']) => () =>
    inProcess<BacklogTask, Measured>(scope, 'relay-backlog', {
      way,
      directory,
      brokers,
      topic: `backlog-${randomUUID()}`,
    });
  // The first of each compiles the broker's code.
  await send('relay')();
  await send('bare')();
  return interleave(run, {
    benchmark: 'relay',
    what: `a backlog of ${bids.toLocaleString('en-US')} bids on ${LOTS} lots`,
    goal: { atLeast: 0.5 },
    ours: { name: 'relay', unit: 'events/s', measure: send('relay') },
    limit: { name: 'bare client', unit: 'events/s', measure: send('bare') },
  });
}

function latency(run: Run, brokers: string): Promise<Comparison> {
  const { scope, seconds } = run;
  const follow = (way: LatencyTask['way']) => () => {
    const directory = scope.directory('relay-latency');
    const task = { way, directory, brokers, topic: `live-${randomUUID()}`, seconds, rate: EVENTS_A_SECOND };
    return inProcess<LatencyTask, Measured>(scope, 'relay-latency', task);
  };
  return interleave(run, {
    benchmark: 'relay',
    what: `from the commit in the store to a consumer, p50 at ${EVENTS_A_SECOND.toLocaleString('en-US')} events/s`,
    goal: null,
    ours: { name: 'relay', unit: 'ms', measure: follow('relay') },
    limit: { name: 'bare client', unit: 'ms', measure: follow('bare') },
  });
}
