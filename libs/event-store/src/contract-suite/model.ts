import fc from 'fast-check';
import type { EventStore } from '../event-store.js';
import type { UseStore } from './harness.js';
import { modelCommands } from './model-commands.js';
import { followOf, known, newStream, readAllOf } from './samples.js';
import { StoreModel } from './store-model.js';

/** Streams per run: few, so that commands meet. */
const STREAMS = 3;

export function describeModel(use: UseStore): void {
  describe('any sequence of commands', () => {
    it('has the outcomes of the model, and leaves what the model holds', async () => {
      await fc.assert(
        fc.asyncProperty(fc.commands(modelCommands(STREAMS), { maxCommands: 40, size: 'max' }), async (commands) => {
          const store: EventStore = use();
          const after = await store.head();
          const model = new StoreModel(Array.from({ length: STREAMS }, newStream));
          await fc.asyncModelRun(() => ({ model, real: store }), commands);

          const { log, streams } = model;
          expect(known(await readAllOf(store, streams, after))).toEqual(log);
          if (log.length > 0) expect(known(await followOf(store, streams, log.length, { after }))).toEqual(log);
          for (const stream of streams) {
            expect(known(await store.readStream(stream, 0, 1_000))).toEqual(model.of(stream));
          }
        }),
        { numRuns: 60 },
      );
    });
  });
}
