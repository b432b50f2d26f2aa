import { fileURLToPath } from 'node:url';
import type { Benchmark, Comparison, Measured, Run } from '../benchmark.js';
import { gavelLoad } from '../http/gavel-load.js';
import { GavelServer } from '../http/gavel-server.js';
import { Metrics } from '../http/metrics.js';
import { urlIn } from '../http/url-in.js';
import { interleave } from '../interleave.js';
import { startServer } from '../process/spawned.js';
import { Audience } from '../push/audience.js';
import { EPOCH_MS } from '../push/clients-task.js';

const BARE = fileURLToPath(new URL('../subjects/bare-fan-out.js', import.meta.url));
/** Messages that are under way at once: far below what Gavel drops for a slow client. */
const AT_ONCE = 10;
/** The process samples its event loop this often: what it measures contains that, milliseconds. */
const LOOP_SAMPLING_MS = 10;
const CORE = [0];
/** As much of a message as one of Gavel's has, without the amount. */
const BARE_MESSAGE_BYTES = 700;

/** One hot lot to many clients: against `ws` that sends as much to as many; and what bids lose by it. */
export const fanOut: Benchmark = {
  name: 'fan-out',
  tools: ['wrk', 'taskset'],
  async run(run) {
    const sizes = run.quick ? [100] : [1_000, 5_000];
    const comparisons: Comparison[] = [];
    for (const clients of sizes) comparisons.push(await againstBare(run, clients));
    comparisons.push(await bidsMeanwhile(run, sizes[0] as number));
    return comparisons;
  },
};

async function watchedServer({ scope }: Run, clients: number) {
  const limits = { GAVEL_PUSH_CONNECTIONS: '20000', GAVEL_PUSH_PER_CALLER: '20000' };
  const server = await GavelServer.start(scope, CORE, limits);
  const [lotId] = (await server.openLots(1)) as [string];
  const audience = await Audience.gather(scope, {
    url: `${server.url.replace('http', 'ws')}/ws`,
    headers: { authorization: `Bearer ${server.admin.key}` },
    clients,
    hello: { subscribe: { lots: [lotId] } },
  });
  return { server, lotId, audience };
}

async function againstBare(run: Run, clients: number): Promise<Comparison> {
  const { scope, seconds } = run;
  const { server, lotId, audience } = await watchedServer(run, clients);
  const bare = await startServer(
    scope,
    { command: 'taskset', args: ['-c', CORE.join(','), process.execPath, BARE], patienceMs: 15_000 },
    urlIn,
  );
  const url = bare.found.replace('http', 'ws');
  const bareAudience = await Audience.gather(scope, { url, headers: {}, clients, hello: null });

  let newest = 0;
  const amount = () => {
    newest = Math.max(newest + 1, Date.now() - EPOCH_MS);
    return newest;
  };
  const ours = async (): Promise<Measured> => {
    await Metrics.scrape(server.url);
    const found = await send(audience, seconds, () => server.bidder.bid(lotId, amount()));
    const metrics = await Metrics.scrape(server.url);
    const delayMs = Math.max(0, metrics.sum('nodejs_eventloop_lag_p99_seconds') * 1_000 - LOOP_SAMPLING_MS);
    const details = { 'event-loop delay p99, ms': delayMs, 'bid sent to screen p99, ms': audience.p99Ms };
    return { value: found, details };
  };
  const post = async () => {
    const head = `{"type":"BidPlaced","amount":${amount()},"more":"`;
    await fetch(bare.found, { method: 'POST', body: `${head}${'x'.repeat(BARE_MESSAGE_BYTES)}"}` });
  };
  const theirs = async (): Promise<Measured> => {
    await fetch(bare.found);
    const found = await send(bareAudience, seconds, post);
    const { p99Ms } = (await (await fetch(bare.found)).json()) as { p99Ms: number };
    return { value: found, details: { 'event-loop delay p99, ms': Math.max(0, p99Ms) } };
  };
  const comparison = await interleave(run, {
    benchmark: 'fan-out',
    what: `one hot lot to ${clients.toLocaleString('en-US')} clients`,
    goal: { atLeast: 0.8 },
    ours: { name: 'Gavel', unit: 'messages/s', measure: ours },
    limit: { name: 'ws', unit: 'messages/s', measure: theirs },
  });
  for (const each of [audience, bareAudience]) await each.dismiss();
  await scope.end(bare.child);
  await server.stop(scope);
  return comparison;
}

/** Sends some at a time, and the next when every client has them all. Answers messages a second. */
async function send(audience: Audience, seconds: number, one: () => Promise<unknown>): Promise<number> {
  const before = audience.bids;
  const started = performance.now();
  let sent = 0;
  while (performance.now() - started < seconds * 1_000) {
    sent += AT_ONCE;
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    await audience.received(before + sent * audience.clients);
  }
  return (sent * audience.clients) / ((performance.now() - started) / 1_000);
}

/** Bids over HTTP as fast as they are taken, with many clients that watch the lot, against none. */
async function bidsMeanwhile(run: Run, clients: number): Promise<Comparison> {
  const { scope, seconds } = run;
  const { server, lotId, audience } = await watchedServer(run, clients);
  const alone = await GavelServer.start(scope, CORE);
  const [unwatched] = (await alone.openLots(1)) as [string];
  const load = (of: GavelServer, lot: string) => gavelLoad(run, { server: of, lotIds: [lot], seconds, cores: [1] });
  await load(server, lotId);
  await load(alone, unwatched);
  const comparison = await interleave(run, {
    benchmark: 'fan-out',
    what: `bids on one lot while ${clients.toLocaleString('en-US')} clients watch it`,
    goal: { atLeast: 0.7 },
    ours: { name: 'watched', unit: 'bids/s', measure: () => load(server, lotId) },
    limit: { name: 'unwatched', unit: 'bids/s', measure: () => load(alone, unwatched) },
  });
  await audience.dismiss();
  for (const each of [server, alone]) await each.stop(scope);
  return comparison;
}
