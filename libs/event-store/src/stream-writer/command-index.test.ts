import fc from 'fast-check';
import { uuidV7 } from '#platform/uuid.js';
import { CommandIndex } from './command-index.js';

describe('the index of commands', () => {
  it('knows every command that it was told of and no other, as a map does, also read back from bytes', () => {
    const ids = fc.oneof(fc.uuid(), fc.string(), fc.constantFrom('a', 'b'));
    fc.assert(
      fc.property(fc.array(fc.tuple(ids, fc.nat())), fc.array(ids), (told, others) => {
        const [index, map] = [new CommandIndex(), new Map<string, number>()];
        for (const [id, revision] of told) {
          index.remember(id, revision);
          if (!map.has(id)) map.set(id, revision);
        }
        const again = CommandIndex.fromBytes(index.toBytes());
        for (const id of [...told.map(([first]) => first), ...others]) {
          expect([index.get(id), again.get(id)]).toEqual([map.get(id), map.get(id)]);
        }
        expect([index.size, again.size]).toEqual([map.size, map.size]);
      }),
    );
  });

  it('remembers 100,000 commands in less than 6 MB', () => {
    const index = new CommandIndex();
    const ids = Array.from({ length: 100_000 }, uuidV7);
    for (const [revision, id] of ids.entries()) index.remember(id, revision);
    expect(ids.every((id, revision) => index.get(id) === revision)).toBe(true);
    expect(index.toBytes().byteLength).toBeLessThan(6_000_000);
  });

  it.each([[0], [19], [20], [1_300]])('is not made of %d bytes', (length) => {
    expect(() => CommandIndex.fromBytes(new Uint8Array(length))).toThrow(RangeError);
  });
});
