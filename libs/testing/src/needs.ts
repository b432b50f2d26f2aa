import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program lies on this machine; null where it is not installed. */
export function programAt(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/**
 * A suite that needs something of the machine, a real server say. On a machine without it the suite is skipped, and its
 * name says what is missing; in CI (the variable `CI` is set) it fails: nothing that was not run is called green.
 */
export function describeWith(needs: Readonly<Record<string, boolean>>, name: string, tests: () => void): void {
  const missing = Object.keys(needs).filter((need) => needs[need] !== true);
  if (missing.length === 0) describe(name, tests);
  else if (process.env['CI']) it(`${name}: needs ${missing.join(', ')}`, () => missingInCi(missing));
  else describe.skip(`NOT RUN, ${missing.join(', ')} missing: ${name}`, tests);
}

/** One test that needs something of the machine: `describeWith` for `it`. */
export function itWith(needs: Readonly<Record<string, boolean>>): jest.It {
  const missing = Object.keys(needs).filter((need) => needs[need] !== true);
  if (missing.length === 0) return it;
  if (process.env['CI']) return ((name: string) => it(name, () => missingInCi(missing))) as jest.It;
  return ((name: string) => it.skip(`NOT RUN, ${missing.join(', ')} missing: ${name}`, () => undefined)) as jest.It;
}

function missingInCi(missing: readonly string[]): never {
  throw new Error(`not on this machine: ${missing.join(', ')}`);
}
