import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stale, write } from './generate-events-doc.js';

const repository = new URL('../../', import.meta.url);
const doc = 'docs/events.md';
const lock = 'libs/contracts/schemas/LotClosed.v1.json';

describe('the documentation of the events', () => {
  it('and the schema locks are as the catalogue says', () => {
    expect(stale(repository)).toEqual([]);
  });
});

describe('generating it', () => {
  let copy: URL;
  const read = (path: string) => readFileSync(new URL(path, copy), 'utf8');

  beforeEach(() => {
    const folder = mkdtempSync(join(tmpdir(), 'gavel-events-'));
    copy = pathToFileURL(`${folder}/`);
    for (const path of [
      doc,
      'libs/contracts/schemas',
      'libs/contracts/public-schemas',
      'libs/contracts/avro-schemas',
    ]) {
      cpSync(new URL(path, repository), new URL(path, copy), { recursive: true });
    }
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  it('notices a document that somebody changed, and writes it again', () => {
    const before = read(doc);
    writeFileSync(new URL(doc, copy), before.replace('Bidding is over', 'Bidding goes on'));
    expect(stale(copy)).toEqual([expect.stringContaining('docs/events.md is not what the catalogue says')]);
    write(copy);
    expect(stale(copy)).toEqual([]);
    expect(read(doc)).toBe(before);
  });

  it('writes the lock of a version that has none', () => {
    const before = read(lock);
    rmSync(new URL(lock, copy));
    expect(stale(copy)).toEqual([expect.stringContaining('LotClosed.v1.json is missing')]);
    write(copy);
    expect(read(lock)).toBe(before);
  });

  it('never overwrites a lock: the complaint stays until its author has mended the schema', () => {
    const other = read(lock).replace('"bought"', '"bought", "burnt"');
    writeFileSync(new URL(lock, copy), other);
    write(copy);
    expect(read(lock)).toBe(other);
    expect(stale(copy)).toEqual([expect.stringContaining('The schema of LotClosed changed under version 1')]);
  });
});
