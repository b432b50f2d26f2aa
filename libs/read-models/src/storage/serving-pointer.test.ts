import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inDirectory } from '../testing/in-directory.js';
import { parseFileName } from './generation-files.js';
import { pointerStamp, readPointer, replacePointer } from './serving-pointer.js';

const lots = { name: 'lots', version: 1, generation: 3 };
const bids = { name: 'bids', version: 2, generation: 1 };

test('replacing one model keeps the others and changes the stamp', async () => {
  await inDirectory(async (directory) => {
    expect(readPointer(directory)).toEqual(new Map());
    const stamps = new Set([pointerStamp(directory)]);
    replacePointer(directory, [lots, bids]);
    stamps.add(pointerStamp(directory));
    replacePointer(directory, [{ ...lots, generation: 4 }]);
    stamps.add(pointerStamp(directory));
    expect(readPointer(directory)).toEqual(
      new Map([
        ['lots', { ...lots, generation: 4 }],
        ['bids', bids],
      ]),
    );
    expect(stamps.size).toBe(3);
  });
});

test.each([
  '',
  'null',
  '[]',
  '{"lots":3}',
  '{"lots":"../../etc/passwd"}',
  '{"lots":"bids.v1.g1.db"}',
  '{"lots":"lots.v1.g1.db-wal"}',
  '{"lots',
])('a pointer that reads %j names nothing', async (contents) => {
  await inDirectory(async (directory) => {
    writeFileSync(join(directory, 'serving.json'), contents);
    expect(readPointer(directory)).toEqual(new Map());
  });
});

test('a file name tells model, version and generation; other files are none of ours', () => {
  expect(parseFileName('lots.v1.g3.db')).toEqual(lots);
  expect(parseFileName('lots.v1.g3.db-shm')).toEqual(lots);
  for (const other of ['serving.json', 'lots.db', 'lots.v1.g3.db.bak', 'x/lots.v1.g3.db'])
    expect(parseFileName(other)).toBeNull();
});
