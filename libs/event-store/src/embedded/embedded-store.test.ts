import { describeEventStore } from '../contract-suite.js';
import { embeddedHarness } from './testing/embedded-harness.js';

describeEventStore('the embedded store', embeddedHarness);
