import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDirectory } from './make-directory.js';

describe('a directory', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'gavel-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is made with those above it, for their owner alone, and may be there', () => {
    const path = join(root, 'a/b/c');
    makeDirectory(path);
    makeDirectory(path);
    for (const each of [path, join(root, 'a')]) expect(statSync(each).mode & 0o777).toBe(0o700);
  });

  it('is refused where a file stands, and where none can be made', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => makeDirectory(join(root, 'file'))).toThrow('EEXIST');
    expect(() => makeDirectory(join(root, 'file/a'))).toThrow(/ENOTDIR|EEXIST/);
    expect(() => makeDirectory('/proc/gavel')).toThrow('ENOENT');
  });
});
