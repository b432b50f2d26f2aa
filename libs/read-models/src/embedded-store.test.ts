import { join } from 'node:path';
import { openEmbeddedReader } from '#event-store/embedded/embedded-reader.js';
import { openEmbeddedStore } from '#event-store/embedded/embedded-store.js';
import { buildGeneration } from './build-generation.js';
import { projections } from './projections/projections.js';
import { openReadModels } from './read-models.js';
import { dumpRows } from './testing/dump-rows.js';
import { expectedRows } from './testing/expected-rows.js';
import { small } from './testing/filled-store.js';
import { history } from './testing/history.js';
import { inDirectory } from './testing/in-directory.js';
import { modelNames, servedRows } from './testing/served-rows.js';
import { verifyReadModels } from './verify-read-models.js';

test('on the embedded store: follow, restart, rebuild and verify through a reader beside it', async () => {
  await inDirectory(async (root) => {
    const directory = join(root, 'read-models');
    const store = await openEmbeddedStore({ directory: join(root, 'events') });
    let models = await openReadModels({ directory, store });
    const revisions = new Map<string, number>();
    for (const [at, { stream, events }] of [...history(small)].entries()) {
      const expected = revisions.get(stream);
      const result = await store.append(stream, expected ?? 'no-stream', events);
      expect(result.outcome).toBe('appended');
      revisions.set(stream, (expected ?? -1) + events.length);
      if (at !== 200) continue;
      await models.close();
      models = await openReadModels({ directory, store });
    }
    const head = (await store.head()) ?? '';
    for (const name of modelNames) expect(await models[name].waitFor(head, 10_000)).toBe(true);
    const recorded = await store.readAll(null, 100_000);
    expect(servedRows(models)).toEqual(expectedRows(recorded));

    const reader = openEmbeddedReader(join(root, 'events'));
    const before = modelNames.map((name) => [...dumpRows(models[name])]);
    await models.rebuild('lots');
    const built = await buildGeneration([projections.bids, projections.auctions], reader, directory);
    expect(built.map(({ events }) => events)).toEqual([recorded.length, recorded.length]);
    expect([...dumpRows(built[0]?.file ?? '')]).toEqual(before[modelNames.indexOf('bids')]);
    const { differences, events } = await verifyReadModels({ directory, reader });
    expect(differences).toEqual([]);
    expect(events).toBeGreaterThanOrEqual(recorded.length);
    expect(modelNames.map((name) => [...dumpRows(models[name])])).toEqual(before);
    await models.close();
    await reader.close();
    await store.close();
  });
});
