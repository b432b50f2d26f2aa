import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/*
 * What imports what, read from the sources: the compiled code no longer has the imports of types, and no tool that knows
 * imports reads TypeScript 7 yet. Cycles are left to dependency-cruiser, on the compiled code (architecture.test.ts).
 */

/** A source file, by its path from the root of the repository. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

const domain = ['libs/contracts', 'libs/auction'];
const store = [...domain, 'libs/platform', 'libs/event-store'];
const libs = [...store, 'libs/coordination', 'libs/messaging', 'libs/read-models'];

/** What each part may import of ours, beside itself; apps import every library, and no other app. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'libs/contracts': [],
  'libs/auction': ['libs/contracts'],
  'libs/platform': domain,
  'libs/event-store': [...domain, 'libs/platform'],
  'libs/coordination': store,
  'libs/messaging': store,
  'libs/read-models': store,
  'libs/testing': libs,
  'apps/server': libs,
  'apps/cli': libs,
  'apps/web': ['libs/contracts'],
  'apps/demo': ['libs/contracts'],
  bench: [...libs, 'libs/testing', 'apps/server', 'apps/cli'],
  scripts: [...libs, 'libs/testing'],
};

/** The only packages that the pure parts import. */
const packages: Readonly<Record<string, readonly string[]>> = {
  'libs/contracts': ['typebox'],
  'libs/auction': ['immutable'],
};

/** TypeScript files below `root`, outside of node_modules and dist. */
export function sourcesIn(root: string, folders: readonly string[] = ['apps', 'libs', 'bench', 'scripts']): Source[] {
  const present = folders.filter((folder) => existsSync(join(root, folder)));
  const files = present.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return files
    .filter((file) => !/[\\/](node_modules|dist)[\\/]/.test(file))
    .map((file) => ({ path: relative(root, file).replaceAll(sep, '/'), text: readFileSync(file, 'utf8') }));
}

/** One sentence for each import that its part may not have. */
export const forbiddenImports = (sources: readonly Source[]): string[] =>
  sources.flatMap((source) => importsOf(source).flatMap((target) => complaint(source.path, target)));

function complaint(path: string, target: string): string[] {
  const from = partOf(path);
  const to = isOurs(target) ? partOf(target) : null;
  const allowed = mayImport[from];
  if (allowed === undefined) return [`${path}: say in scripts/architecture.ts what ${from} may import`];
  if (to === from) return [];
  if (isTest(path)) return to?.startsWith('apps/') ? [`${path} imports ${to}`] : [];
  if (to !== null) return allowed.includes(to) ? [] : [`${path} imports ${to}`];
  const known = packages[from];
  return known === undefined || known.some((name) => target === name || target.startsWith(`${name}/`))
    ? []
    : [`${path} imports ${target}`];
}

/** What a file imports: paths from the root for what is ours, else the name of the package or module. */
function importsOf({ path, text }: Source): string[] {
  const statements = /^\s*(?:import|export)\s(?:[\w\s{},*$]+\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  const specifiers = [...text.matchAll(statements)];
  return specifiers.map((match) => {
    const specifier = match[1] ?? match[2] ?? '';
    if (specifier.startsWith('#')) return specifier.replace(/^#([^/]+)/, 'libs/$1/src');
    if (specifier.startsWith('.')) return relative('/', resolve('/', dirname(path), specifier)).replaceAll(sep, '/');
    return specifier;
  });
}

const isOurs = (target: string): boolean => /^(apps|libs|bench|scripts)\//.test(target);

/** `libs/auction` of `libs/auction/src/decider.ts`; `scripts` of `scripts/architecture.ts`. */
const partOf = (path: string): string =>
  path
    .split('/')
    .slice(0, /^(apps|libs)\//.test(path) ? 2 : 1)
    .join('/');

/** Tests, and what they share, may use anything but another app. */
const isTest = (path: string): boolean => /\.test\.tsx?$|\/(test|testing)\//.test(path);

const impure = [
  'Date',
  'Math.random',
  'process',
  'async',
  'await',
  'Promise',
  'setTimeout',
  'performance',
  'crypto',
  'fetch',
];

/** One sentence for each clock, chance, wait or outside world in the domain or the contracts; their tests may have them. */
export function impurities(sources: readonly Source[]): string[] {
  const pure = sources.filter(({ path }) => domain.includes(partOf(path)) && !isTest(path));
  return pure.flatMap(({ path, text }) => {
    const code = text.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
    const found = impure.filter((word) => new RegExp(`\\b${word.replace('.', '\\.')}\\b`).test(code));
    // toIso, the one place where milliseconds become text.
    const allowed = path === 'libs/contracts/src/time.ts' ? ['Date'] : [];
    return found.filter((word) => !allowed.includes(word)).map((word) => `${path} uses ${word}`);
  });
}

const emptyWords = ['base', 'common', 'util', 'utils', 'helper', 'helpers', 'manager', 'managers', 'impl'];

/** One sentence for each file, folder, class or interface whose name says nothing about what it is. */
export function emptyNames(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) => {
    const declared = [...text.matchAll(/^(?:export )?(?:abstract )?(?:class|interface) (\w+)/gm)].map(
      (match) => match[1] ?? '',
    );
    const names = declared.filter((name) => isEmpty(name) || /^I[A-Z][a-z]/.test(name));
    return [...(isEmpty(path) ? [path] : []), ...names.map((name) => `${path}: ${name}`)];
  });
}

/** A process manager is called so in the field (design.md, Streams and events). */
const isEmpty = (name: string): boolean =>
  name
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll('process-manager', '')
    .split(/[^a-z]+/)
    .some((word) => emptyWords.includes(word));
