import { lotId } from '#testing/lot-builders.js';
import { newDirectory, runCli } from './testing/run-cli.js';
import { DIGEST, storeAuction, streams } from './testing/stored-auction.js';

let dataDir: string;
beforeAll(async () => {
  dataDir = await newDirectory();
  await storeAuction(dataDir, [
    ['ada', 1_200],
    ['ben', 2_000],
    ['ada', 1_800],
  ]);
});

const inspect = (stream: string, ...args: string[]) => runCli(['inspect', stream, '--data-dir', dataDir, ...args]);
const inspectJson = async (stream: string, ...args: string[]) =>
  JSON.parse((await inspect(stream, '--json', ...args)).stdout);

describe('inspect', () => {
  it('shows what happened in a lot, hidden maxima included, and the state it led to', async () => {
    const { exitCode, stdout, stderr } = await inspect(streams.lot);
    expect([exitCode, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 12)).toEqual([
      `${streams.lot}: 7 events`,
      '',
      'revision  time                      type              what',
      '       0  1970-01-12T13:46:43.000Z  LotListed         A pocket watch: proxy, EUR from 1000, reserve 1500',
      '       1  1970-01-12T13:46:44.000Z  LotOpened         closes by hand',
      '       2  1970-01-12T13:46:45.000Z  BidPlaced         #1 ada 1200: leading, price 1000',
      '       3  1970-01-12T13:46:46.000Z  BidPlaced         #2 ben 2000: leading, price 1500',
      '       4  1970-01-12T13:46:47.000Z  BidPlaced         #3 ada 1800: outbid, price 1850',
      '       5  1970-01-12T13:46:48.000Z  LotClosed         at 1970-01-12T13:47:40.000Z, auctioneer',
      '       6  1970-01-12T13:46:49.000Z  LotSold           to ben for 1850',
      '',
      'state at revision 6',
    ]);
    expect(lines).toContain('leader.maximum         2000');
    expect(lines).toContain('terms.vehicle.make     VW');
    expect(lines).toContain(
      'terms.increments       0+5 100+25 500+50 2500+100 10000+250 25000+500 50000+1000 100000+2500 250000+5000 500000+10000',
    );
  });

  it('shows a lot as it was at a revision', async () => {
    const { revision, state, events } = await inspectJson(streams.lot, '--at', '2');
    expect(revision).toBe(2);
    expect(state).toMatchObject({
      phase: 'open',
      price: 1_000,
      leader: { bidderId: 'ada', maximum: 1_200 },
      reserveMet: false,
    });
    expect(events.map((event: { revision: number; type: string }) => [event.revision, event.type])).toEqual([
      [0, 'LotListed'],
      [1, 'LotOpened'],
      [2, 'BidPlaced'],
    ]);
  });

  it.each([
    ['1970-01-12T13:46:46Z', 3, 1_500],
    ['1970-01-12T13:46:45.999Z', 2, 1_000],
    ['1970-01-12T14:46:46+01:00', 3, 1_500],
    ['1970-01-13', 6, 1_850],
  ])('shows a lot as it was at %s', async (time, expected, price) => {
    const { revision, state } = await inspectJson(streams.lot, '--at', time);
    expect([revision, state.price]).toEqual([expected, price]);
  });

  it('shows a lot before anything happened to it', async () => {
    expect(await inspectJson(streams.lot, '--at', '1970-01-01')).toEqual({
      stream: streams.lot,
      revision: -1,
      state: { phase: 'not-listed' },
      events: [],
    });
    expect((await inspect(streams.lot, '--at', '1970-01-01')).stdout).toBe(
      `${streams.lot}: 0 events\n\nstate before the first event\n\nfield  value\nphase  not-listed\n`,
    );
  });

  it('shows only the last events when asked', async () => {
    const { stdout } = await inspect(streams.lot, '--last', '1', '--at', '4');
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      `${streams.lot}: 5 events, the first 4 not shown (--all)`,
      '',
      'revision  time                      type              what',
      '       4  1970-01-12T13:46:47.000Z  BidPlaced         #3 ada 1800: outbid, price 1850',
      '',
    ]);
    expect((await inspectJson(streams.lot, '--last', '2')).events).toHaveLength(2);
    expect((await inspectJson(streams.lot, '--last', '0')).events).toEqual([]);
  });

  it('shows an auction with its lots', async () => {
    const { stdout } = await inspect(streams.auction);
    expect(stdout).toContain(`\n  1  ${lotId}  A pocket watch  -            -  -\n`);
    const { state } = await inspectJson(streams.auction);
    expect(state).toMatchObject({ phase: 'started', title: 'Cars', lots: { [lotId]: { ordinal: 1, result: null } } });
  });

  it('shows a vehicle', async () => {
    expect((await inspectJson(streams.vehicle)).state).toMatchObject({ phase: 'claimed', lotId });
  });

  it('shows a key without its digest', async () => {
    const { stdout } = await inspect(streams.key, '--json');
    expect(stdout).not.toContain(DIGEST.slice(0, 9));
    const { state, events } = JSON.parse(stdout);
    expect(state).toMatchObject({ phase: 'valid', role: 'bidder', subject: 'ada' });
    expect(events[0].data.digest).toBe('deadbeef…');
    expect((await inspect(streams.key)).stdout).not.toContain('deadbeef');
  });

  it.each([
    [
      ['house-1'],
      'gavel: house-1 is no stream: it is lot-<id>, auction-<id>, vehicle-<VIN>, key-<id> or webhook-<id>\n',
    ],
    [['lot-1'], 'gavel: lot-1 is not in this store\n'],
    [[streams.lot, '--at', '7'], `gavel: --at 7: ${streams.lot} ends at revision 6\n`],
  ])('says what is wrong with %j', async (args, message) => {
    const { exitCode, stdout, stderr } = await inspect(...(args as [string]));
    expect([exitCode, stdout, stderr]).toEqual([2, '', message]);
  });

  it.each(['yesterday', '2026-03-01T12:00:00', '2026-02-30', '2025-02-29T12:00:00+01:00', '-1', '1.5', ''])(
    'refuses --at %j',
    async (at) => {
      const { exitCode, stderr } = await inspect(streams.lot, `--at=${at}`);
      expect(exitCode).toBe(2);
      expect(stderr).toContain("error: option '--at <revision|time>' argument");
    },
  );

  it('refuses --last together with --all', async () => {
    const { exitCode, stderr } = await inspect(streams.lot, '--last', '1', '--all');
    expect(exitCode).toBe(2);
    expect(stderr).toContain("error: option '--last <n>' cannot be used with option '--all'");
  });

  it('says so when there is no store, and makes none', async () => {
    const { exitCode, stderr } = await runCli(['inspect', streams.lot, '--data-dir', `${dataDir}/none`]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^gavel: .*\/none\/events\.db does not exist: .*\n$/);
  });
});
