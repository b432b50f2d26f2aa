import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark, Measured, Run } from '../benchmark.js';
import { GavelServer } from '../http/gavel-server.js';
import { WebhookReceiver } from '../http/webhook-receiver.js';
import { interleave } from '../interleave.js';

const PARTNERS = 5;
const SUBSCRIPTIONS_EACH = 20;
const SUBSCRIPTIONS = PARTNERS * SUBSCRIPTIONS_EACH;
/** Times the subscriptions: a little more than 500 deliveries a second. */
const EVENTS_A_SECOND = 6;
const WARM_UP_EVENTS = 12;
const PATIENCE_MS = 20_000;
const CORES = [0, 1];

/** Deliveries to 100 subscriptions, of which one hangs: the others' delay against that with none hanging. */
export const webhooks: Benchmark = {
  name: 'webhooks',
  tools: ['taskset'],
  async run(run) {
    const comparison = await interleave(run, {
      benchmark: 'webhooks',
      what: `${EVENTS_A_SECOND} events/s to ${SUBSCRIPTIONS} subscriptions, p99 from the commit to the endpoint`,
      goal: { atMost: 1.1 },
      ours: { name: 'one hangs', unit: 'ms', measure: () => deliver(run, true) },
      limit: { name: 'none hangs', unit: 'ms', measure: () => deliver(run, false) },
    });
    return [comparison];
  },
};

/** Rejects when a delivery to an endpoint that answers is missing. */
async function deliver({ scope, seconds }: Run, oneHangs: boolean): Promise<Measured> {
  const receiver = await WebhookReceiver.start();
  const server = await GavelServer.start(scope, CORES, { GAVEL_WEBHOOKS_ALLOW_PRIVATE: 'true' });
  await subscribe(server, receiver, oneHangs);
  const answering = SUBSCRIPTIONS - Number(oneHangs);
  // The first deliveries of a process open the connections and run code that was never compiled.
  await announce(server, receiver, WARM_UP_EVENTS, answering);
  receiver.delays.length = 0;
  const took = await announce(server, receiver, seconds * EVENTS_A_SECOND, answering);
  receiver.close();
  await server.stop(scope);
  const delays = receiver.delays.toSorted((a, b) => a - b);
  const at = (share: number) => delays[Math.ceil(delays.length * share) - 1] as number;
  return { value: at(0.99), details: { 'deliveries/s': delays.length / took, 'p50, ms': at(0.5) } };
}

/** Events at the rate of the benchmark, until all endpoints that answer have heard of them. Answers the seconds that took. */
async function announce(
  { admin }: GavelServer,
  { delays }: WebhookReceiver,
  events: number,
  endpoints: number,
): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < events; i += 1) {
    await sleep(Math.max(0, started + (i * 1_000) / EVENTS_A_SECOND - performance.now()));
    await admin.createAuction();
  }
  const deadline = performance.now() + PATIENCE_MS;
  while (delays.length < events * endpoints && performance.now() < deadline) await sleep(5);
  if (delays.length < events * endpoints) {
    throw new Error(`${delays.length} of ${events * endpoints} deliveries arrived`);
  }
  return (performance.now() - started) / 1_000;
}

async function subscribe(server: GavelServer, receiver: WebhookReceiver, oneHangs: boolean): Promise<void> {
  for (let n = 0; n < PARTNERS; n += 1) {
    const partner = await server.admin.newCaller('partner', `partner-${n}`);
    for (let i = 0; i < SUBSCRIPTIONS_EACH; i += 1) {
      const url = oneHangs && n === 0 && i === 0 ? receiver.hangingUrl : receiver.goodUrl;
      await partner.expect(201, partner.post('/api/webhooks', { url }));
    }
  }
}
