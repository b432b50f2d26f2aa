import { describeEventStore } from '../contract-suite.js';
import { embeddedHarness } from './testing/embedded-harness.js';

describeEventStore('the embedded store', embeddedHarness());

// Followers have to go back to the files all the time.
describeEventStore(
  'the embedded store with hardly any memory',
  embeddedHarness({ recent: { events: 6, characters: 1_500 } }),
);
