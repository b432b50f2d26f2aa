import { type GroupAppend, NO_STREAM, packGroup } from './commit-group.js';
import type { Connection } from './connection.js';
import { allProblems, recentProblems } from './content-checks.js';
import { GroupWriter } from './group-writer.js';
import { openFiles } from './open-files.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

/** 1,500 events of 15 streams, so that the last 1,000 begin in the middle of each. */
function filled(): Connection {
  const { db, file } = openFiles(temporaryDirectory(), undefined);
  const writer = new GroupWriter(db, file);
  for (let round = 0; round < 10; round += 1) {
    const appends = Array.from({ length: 15 }, (_, lot): GroupAppend => {
      const rows: GroupAppend['rows'] = Array.from({ length: 10 }, () => ['id', 'BidPlaced', 1, '{}', '{}']);
      return { stream: `lot-${lot}`, expected: round === 0 ? NO_STREAM : round * 10 - 1, rows };
    });
    writer.commit(packGroup(appends, 0));
  }
  return db;
}

describe('the check of the last events', () => {
  it('finds nothing in sound files, also when there are none', () => {
    expect(recentProblems(filled())).toEqual([]);
    expect(recentProblems(openFiles(temporaryDirectory(), undefined).db)).toEqual([]);
    expect(allProblems(openFiles(temporaryDirectory(), undefined).db)).toEqual([]);
  });

  it.each([
    ['DELETE FROM events WHERE position = 1400', 'positions are missing between 500 and 1500'],
    [
      'DELETE FROM events WHERE position > 1495',
      'stream lot-14 ends at revision 99 but its last 65 events are 30 to 94',
    ],
    [
      "UPDATE streams SET revision = 98 WHERE name = 'lot-2'",
      'stream lot-2 ends at revision 98 but its last 60 events are 40 to 99',
    ],
    [
      "DELETE FROM streams WHERE name = 'lot-2'",
      'stream without a name ends at revision 0 but its last 60 events are 40 to 99',
    ],
    ["UPDATE events SET metadata = '' WHERE position = 1500", 'the event at position 1500 is not JSON'],
  ])('finds what %s leaves', (change, problem) => {
    const db = filled();
    db.exec(change);
    expect(recentProblems(db)).toContain(problem);
    expect(allProblems(db)).not.toEqual([]);
  });
});
