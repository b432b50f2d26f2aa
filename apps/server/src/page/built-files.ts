import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** One file of the built page, in every encoding that the build made of it. */
export interface BuiltFile {
  readonly type: string;
  readonly etag: string;
  readonly bodies: Readonly<Record<'identity' | 'gzip' | 'br', Buffer>>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files of the page by their names, in memory: they are few and small. Null where the page was not built. */
export function readBuiltFiles(directory: string): ReadonlyMap<string, BuiltFile> | null {
  if (!existsSync(join(directory, 'index.html'))) return null;
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  const files = names.flatMap((name): [string, BuiltFile][] => {
    const type = TYPES[extname(name)];
    if (type === undefined) return [];
    const identity = readFileSync(join(directory, name));
    const gzip = readFileSync(join(directory, `${name}.gz`));
    const br = readFileSync(join(directory, `${name}.br`));
    const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`;
    return [[name, { type, etag, bodies: { identity, gzip, br } }]];
  });
  return new Map(files);
}

/** The smallest of the encodings that the client takes. */
export function encodingFor(acceptEncoding: string | undefined): keyof BuiltFile['bodies'] {
  const taken = (acceptEncoding ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
    .map((part) => part.split(';')[0]);
  if (taken.includes('br')) return 'br';
  return taken.includes('gzip') ? 'gzip' : 'identity';
}
