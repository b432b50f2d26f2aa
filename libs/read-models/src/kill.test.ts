import { openReadModels } from './read-models.js';
import { ended, startChild } from './testing/child.js';
import { expectedRows } from './testing/expected-rows.js';
import { filledStore } from './testing/filled-store.js';
import { inDirectory } from './testing/in-directory.js';
import { caughtUp, servedRows } from './testing/served-rows.js';
import { verifyReadModels } from './verify-read-models.js';

/** Kills the server with SIGKILL once it has taken so many steps. */
async function killAfter(steps: number, args: readonly string[]): Promise<void> {
  const child = startChild('server-child', args);
  let taken = 0;
  child.stdout?.on('data', (data: Buffer) => {
    taken += data.length;
    if (taken >= steps) child.kill('SIGKILL');
  });
  await ended(child);
}

test.each(['', 'rebuild'])(
  'a server that is killed again and again loses nothing and doubles nothing (%j)',
  async (mode) => {
    await inDirectory(async (directory) => {
      for (const steps of [1, 40, 150, 333, 600]) {
        await killAfter(steps, [directory, mode]);
        // What is served after the kill is a whole prefix of the store.
        const store = filledStore();
        const { differences } = await verifyReadModels({ directory, reader: store });
        expect(differences).toEqual([]);
      }
      const store = filledStore();
      const models = await openReadModels({ directory, store });
      await caughtUp(models, store);
      expect(servedRows(models)).toEqual(expectedRows(store.events));
      await models.close();
    });
  },
);
