import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TimeIndex } from './time-index.js';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gavel-times-'));
  file = join(directory, 'feed.times');
});
afterEach(() => rm(directory, { recursive: true }));

const fail = (error: unknown) => {
  throw error;
};
/** Event n at position n and time 10n. */
const events = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ position: String(from + i), recordedAt: (from + i) * 10 }));

async function filled(until = 5_000) {
  const index = await TimeIndex.open(file, null, fail);
  index.add(events(1, until));
  await index.close();
  return index;
}

describe('the index of times', () => {
  it('finds a position before which all is older, at most a thousand events early', async () => {
    const index = await filled();
    expect(index.before(0)).toBeNull();
    expect(index.before(10_000)).toBeNull();
    expect(index.before(10_001)).toBe('1000');
    expect(index.before(25_000)).toBe('2000');
    expect(index.before(Number.MAX_SAFE_INTEGER)).toBe('5000');
  });

  it('misses no event where the clock was set back', async () => {
    const index = await TimeIndex.open(file, null, fail);
    const times = (position: number) => (position === 500 ? 1_000_000 : position);
    index.add(events(1, 3_000).map(({ position }) => ({ position, recordedAt: times(Number(position)) })));
    await index.close();
    // The event at 500 is not older, so nothing behind it may be passed over unseen.
    expect(index.before(2_500)).toBeNull();
  });

  it('is read again at the next start, and goes on behind its last mark', async () => {
    await filled(4_500);
    const again = await TimeIndex.open(file, '4500', fail);
    expect(again.until).toBe('4000');
    again.add(events(4_001, 5_000));
    await again.close();
    expect(await readFile(file, 'utf8')).toBe(
      [1_000, 2_000, 3_000, 4_000, 5_000].map((at) => `${at} ${at * 10}\n`).join(''),
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['torn', '60'],
    ['mangled', 'nonsense\n7000 70000\n'],
    ['not rising', '4000 90000\n7000 90000\n'],
  ])('drops lines that are %s and everything behind them', async (_, more) => {
    await filled();
    await appendFile(file, more);
    const again = await TimeIndex.open(file, '9000', fail);
    expect(again.until).toBe('5000');
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(6);
  });

  it('writes nothing behind a line that may be torn, and goes on with the next start', async () => {
    const folder = join(directory, 'of a disk');
    const failures: unknown[] = [];
    const index = await TimeIndex.open(join(folder, 'feed.times'), undefined, (error) => failures.push(error));
    index.add(events(1, 1_000));
    await index.close();
    await mkdir(folder);
    index.add(events(1_001, 2_000));
    await index.close();
    expect([failures.length, await readdir(folder)]).toEqual([1, []]);
    expect(index.before(99_999)).toBe('2000');
  });

  it('begins anew when it is of a store that went further', async () => {
    await filled();
    expect((await TimeIndex.open(file, '4999', fail)).until).toBeNull();
    await writeFile(file, '1000 10000\n');
    expect((await TimeIndex.open(file, null, fail)).until).toBeNull();
  });
});
