import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { catalogue } from '#contracts/events/catalogue.js';
import { EXAMPLE, runCli } from './testing/run-cli.js';

const docs = readFileSync(fileURLToPath(new URL('../../../../docs/cli.md', import.meta.url)), 'utf8');

describe('docs/cli.md', () => {
  it('shows what the dry run of the example answers', async () => {
    const { stdout } = await runCli(['import', EXAMPLE, '--dry-run']);
    const withoutTime = (text: string) => text.replace(/computed in .*\n/, '');
    expect(withoutTime(docs)).toContain(withoutTime(stdout));
  });

  it('names, as the help does, every kind of stream that can be inspected', async () => {
    const { stdout } = await runCli(['inspect', '--help']);
    for (const kind of new Set(catalogue.map(({ stream }) => stream))) {
      expect(stdout).toContain(`${kind}-<`);
      expect(docs).toContain(`${kind}-…`);
    }
  });

  it.each(['inspect', 'rebuild', 'verify', 'import'])('names every option of %s', async (command) => {
    const { stdout } = await runCli([command, '--help']);
    const options = [...stdout.matchAll(/^ {2}(?:-h, )?(--[a-z-]+)/gm)].map(([, option]) => option);
    expect(options.length).toBeGreaterThan(2);
    for (const option of options) if (option !== '--help') expect(docs).toContain(option);
  });
});
