import { join } from 'node:path';
import { describeEventStore } from '../contract-suite.js';
import { temporaryDirectory } from '../embedded/testing/temporary-directory.js';
import { EventStoreDouble } from './testing/event-store-double.js';
import { eventStoreHarness } from './testing/event-store-harness.js';
import { describeBeliefs } from './testing/server-beliefs.js';

describe('on the double', () => {
  let double: EventStoreDouble;
  beforeAll(async () => {
    double = await EventStoreDouble.start({ dataFile: join(temporaryDirectory(), 'events.jsonl') });
  });
  afterAll(() => double.stop());

  describeBeliefs(() => double.url);
  describeEventStore(
    'EventStoreDB',
    eventStoreHarness(
      () => double.url,
      () => double.restart(),
    ),
  );
});
