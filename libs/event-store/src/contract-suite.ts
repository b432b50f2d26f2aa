import { describeAppending } from './contract-suite/appending.js';
import { describeClosing } from './contract-suite/closing.js';
import { describeFollowing } from './contract-suite/following.js';
import type { StoreHarness, UseStore } from './contract-suite/harness.js';
import { describeIdempotency } from './contract-suite/idempotency.js';
import { describeModel } from './contract-suite/model.js';
import { describeReading } from './contract-suite/reading.js';
import { describeReopening } from './contract-suite/reopening.js';
import { describeRoundTrips } from './contract-suite/round-trips.js';
import type { EventStore } from './event-store.js';

export type { StoreHarness } from './contract-suite/harness.js';

/**
 * What every adapter of the port must do. The cases share one store and may share its data with other programs: each has
 * streams of its own, and of `$all` it looks only at those.
 */
export function describeEventStore(name: string, harness: StoreHarness): void {
  describe(`${name} as an event store`, () => {
    let store: EventStore;
    beforeAll(async () => {
      store = await harness.open();
    });
    afterAll(() => store.close());

    const use: UseStore = () => store;
    describeAppending(use);
    describeIdempotency(use);
    describeRoundTrips(use, harness);
    describeReading(use);
    describeFollowing(use);
    describeClosing(harness);
    describeModel(use);
    // Last: a server that was started anew may have another address, of which the shared store knows nothing.
    describeReopening(harness);
  });
}
