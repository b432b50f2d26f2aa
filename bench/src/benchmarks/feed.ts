import type { Benchmark, Measured, Run } from '../benchmark.js';
import { GavelServer } from '../http/gavel-server.js';
import { interleave } from '../interleave.js';
import { inProcess } from '../process/subject.js';
import type { Filled, FillTask } from '../subjects/fill-store.js';
import type { PassTask } from '../subjects/rebuild-pass.js';

const BIDS = 100_000;
const LOTS = 100;
const PAGE = 1_000;
const CORES = [0, 1];
const PAGES_A_SECOND = 20;

interface Page {
  readonly events: readonly object[];
  readonly nextCursor: string;
  readonly atEnd: boolean;
}

/** Every public event over HTTP in pages of 1,000: against the goal, and against a scan of the same file that only parses. */
export const feed: Benchmark = {
  name: 'feed',
  tools: ['taskset'],
  async run(run) {
    const { scope, quick } = run;
    const directory = scope.directory('feed');
    const bids = quick ? BIDS / 10 : BIDS;
    await inProcess<FillTask, Filled>(scope, 'fill-store', { directory, lots: LOTS, bids, proxies: true });
    const server = await GavelServer.start(scope, CORES, { GAVEL_DATA_DIR: directory });
    await readAll(server, bids);
    const about = { benchmark: 'feed', what: `${bids.toLocaleString('en-US')} bids in pages of ${PAGE}` };
    const pages = await interleave(run, {
      ...about,
      goal: { atLeast: 1 },
      ours: { name: 'feed', unit: 'pages/s', measure: () => readAll(server, bids) },
      limit: { name: 'goal', unit: 'pages/s', measure: async () => ({ value: PAGES_A_SECOND, details: {} }) },
    });
    const scan = await interleave(run, {
      ...about,
      goal: null,
      ours: { name: 'feed', unit: 'events/s', measure: async () => inEvents(await readAll(server, bids)) },
      limit: { name: 'bare scan', unit: 'events/s', measure: () => bareScan(run, directory) },
    });
    return [pages, scan];
  },
};

const bareScan = ({ scope }: Run, directory: string) =>
  inProcess<PassTask, Measured>(scope, 'bare-scan', { directory });

const inEvents = ({ details }: Measured): Measured => ({ value: details['events/s'] as number, details });

/** Rejects when the feed ends before the bids do. */
async function readAll({ admin }: GavelServer, bids: number): Promise<Measured> {
  const started = performance.now();
  let pages = 0;
  let events = 0;
  for (let after = '', atEnd = false; !atEnd; ) {
    const page: Page = await admin.expect(200, admin.get<Page>(`/api/events?limit=${PAGE}${after}`));
    pages += 1;
    events += page.events.length;
    after = `&after=${page.nextCursor}`;
    atEnd = page.atEnd;
  }
  const seconds = (performance.now() - started) / 1_000;
  if (events < bids) throw new Error(`the feed ended after ${events} events`);
  return { value: pages / seconds, details: { events, 'events/s': events / seconds } };
}
