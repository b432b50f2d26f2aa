import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { emptyNames, forbiddenImports, impurities, sourcesIn } from './architecture.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = sourcesIn(root);

/** Cycles among compiled files, as dependency-cruiser reports them; empty when there are none. */
async function cyclesIn(...folders: string[]): Promise<string[]> {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(root, 'scripts/dependency-cruiser.json');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, '--config', config, '--output-type', 'json', ...folders],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  const { summary } = JSON.parse(stdout) as {
    summary: { totalCruised: number; violations: { from: string; to: string }[] };
  };
  expect(summary.totalCruised).toBeGreaterThan(1);
  return summary.violations.map(({ from, to }) => `${from} -> ${to}`);
}

describe('the architecture', () => {
  it('has imports that run from apps over libs and the domain to the contracts', () => {
    expect(forbiddenImports(sources)).toEqual([]);
  });

  it('has no cycles', async () => {
    // Not the page: a bundler cuts it into files that know each other.
    const apps = ['cli', 'demo', 'server'].map((app) => `dist/apps/${app}`);
    expect(await cyclesIn(...apps, 'dist/libs', 'dist/scripts')).toEqual([]);
  });

  it('has a domain and contracts without clock, chance, waiting or the outside world', () => {
    expect(impurities(sources)).toEqual([]);
  });

  it('has names that say what a thing is', () => {
    expect(emptyNames(sources)).toEqual([]);
  });

  it('is checked on all of it', () => {
    const paths = sources.map(({ path }) => path);
    expect(paths).toContain('libs/auction/src/lot/place-bid.ts');
    expect(paths).toContain('libs/contracts/src/money.ts');
    expect(paths).toContain('scripts/architecture.ts');
  });
});

describe('the check of imports', () => {
  it.each([
    ['libs/contracts/src/x.ts', "import { accepted } from '#auction/decider.js';", 'libs/auction'],
    ['libs/contracts/src/x.ts', "import { v5 } from 'uuid';", 'uuid'],
    ['libs/auction/src/lot/x.ts', "import type { EventStore } from '#event-store/event-store.js';", 'libs/event-store'],
    ['libs/auction/src/lot/x.ts', "import { readFileSync } from 'node:fs';", 'node:fs'],
    ['libs/auction/src/lot/x.ts', "import { Injectable } from '@nestjs/common';", '@nestjs/common'],
    ['libs/auction/src/lot/x.ts', "export { systemClock } from '../../../platform/src/clock.js';", 'libs/platform'],
    ['libs/auction/src/lot/x.ts', "const fs = await import('node:fs');", 'node:fs'],
    ['libs/auction/src/lot/x.ts', "import {\n  spec,\n  fold,\n} from '#testing/decider-spec.js';", 'libs/testing'],
    ['libs/event-store/src/x.ts', "import { rows } from '#read-models/rows.js';", 'libs/read-models'],
    ['libs/read-models/src/x.ts', "import type { Server } from '../../../apps/server/src/server.js';", 'apps/server'],
    [
      'libs/read-models/src/x.test.ts',
      "import { startServer } from '../../../apps/server/src/server.js';",
      'apps/server',
    ],
    ['apps/cli/src/x.ts', "import '../../server/src/main.js';", 'apps/server'],
  ])('finds in %s: %s', (path, text, target) => {
    expect(forbiddenImports([{ path, text }])).toEqual([`${path} imports ${target}`]);
  });

  it.each([
    ['libs/auction/src/lot/x.ts', "import { Map } from 'immutable';\nimport { Money } from '#contracts/money.js';"],
    [
      'libs/auction/src/lot/x.test.ts',
      "import fc from 'fast-check';\nimport { spec } from '#testing/decider-spec.js';",
    ],
    ['libs/contracts/src/events/x.ts', "import { Compile } from 'typebox/compile';\nimport { Id } from '../ids.js';"],
    ['libs/read-models/src/x.ts', "import type { EventReader } from '#event-store/event-store.js';"],
    ['apps/server/src/x.ts', "import { readModel } from '#read-models/read-model.js';\nimport 'reflect-metadata';"],
  ])('has nothing against %s: %s', (path, text) => {
    expect(forbiddenImports([{ path, text }])).toEqual([]);
  });

  it('asks what a new library may import', () => {
    expect(forbiddenImports([{ path: 'libs/new/src/x.ts', text: "import { Id } from '#contracts/ids.js';" }])).toEqual([
      'libs/new/src/x.ts: say in scripts/architecture.ts what libs/new may import',
    ]);
  });
});

describe('the check of cycles', () => {
  it('finds two files that import each other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gavel-cycle-'));
    writeFileSync(join(folder, 'one.js'), "import { two } from './two.js';\nexport const one = () => two;\n");
    writeFileSync(join(folder, 'two.js'), "import { one } from './one.js';\nexport const two = () => one;\n");
    const cycles = await cyclesIn(folder).finally(() => rmSync(folder, { recursive: true }));
    expect(cycles).toEqual([expect.stringMatching(/one\.js -> .*two\.js$/)]);
  });
});

describe('the check of purity', () => {
  it.each([
    ['const now = Date.now();', 'Date'],
    ['const id = Math.random();', 'Math.random'],
    ['const port = process.env.PORT;', 'process'],
    ['const soon = Promise.resolve();', 'Promise'],
    ['export async function decide() {}', 'async'],
  ])('finds %s', (text, word) => {
    const path = 'libs/auction/src/lot/x.ts';
    expect(impurities([{ path, text }])).toEqual([`${path} uses ${word}`]);
    expect(impurities([{ path: 'libs/contracts/src/money.ts', text }])).toEqual([
      `libs/contracts/src/money.ts uses ${word}`,
    ]);
  });

  it('has nothing against words in comments and texts, nor against tests and other libraries', () => {
    const text = "// A process manager awaits.\n/** Date */\nconst lot = 'process';\n";
    expect(impurities([{ path: 'libs/auction/src/lot/x.ts', text }])).toEqual([]);
    const clock = 'export const now = () => Date.now();';
    expect(impurities([{ path: 'libs/auction/src/x.test.ts', text: clock }])).toEqual([]);
    expect(impurities([{ path: 'libs/platform/src/clock.ts', text: clock }])).toEqual([]);
    expect(impurities([{ path: 'libs/contracts/src/time.ts', text: clock }])).toEqual([]);
  });
});

describe('the check of names', () => {
  it.each([
    ['libs/platform/src/string-utils.ts', '', 'libs/platform/src/string-utils.ts'],
    ['libs/common/src/money.ts', '', 'libs/common/src/money.ts'],
    ['libs/platform/src/x.ts', 'export abstract class BaseRepository {}', 'libs/platform/src/x.ts: BaseRepository'],
    ['libs/platform/src/x.ts', 'class LotManager {}', 'libs/platform/src/x.ts: LotManager'],
    ['libs/platform/src/x.ts', 'export interface IClock {}', 'libs/platform/src/x.ts: IClock'],
  ])('finds %s %s', (path, text, name) => {
    expect(emptyNames([{ path, text }])).toEqual([name]);
  });

  it('has nothing against words that only contain one, nor against a process manager', () => {
    const text = 'class Baseline {}\ninterface Item {}\nexport class ProcessManager {}';
    expect(emptyNames([{ path: 'apps/server/src/process/process-manager.ts', text }])).toEqual([]);
  });
});
