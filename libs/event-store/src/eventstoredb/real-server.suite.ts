import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { describeEventStore } from '../contract-suite.js';
import { eventStoreHarness } from './testing/event-store-harness.js';
import { describeBeliefs } from './testing/server-beliefs.js';

/*
 * The suites of the double on a real server (`npm run test:eventstore`): the one of EVENTSTORE_URL, or a container where Docker
 * runs. Not a part of `npm test`.
 */
const IMAGE = 'kurrentplatform/kurrentdb:26.1.2';
const START_MS = 180_000;

describe('on a real server', () => {
  let container: StartedTestContainer | undefined;
  beforeAll(async () => {
    if (process.env['EVENTSTORE_URL']) return;
    container = await new GenericContainer(IMAGE)
      .withExposedPorts(2113)
      .withEnvironment({ KURRENTDB_INSECURE: 'true', KURRENTDB_CLUSTER_SIZE: '1' })
      .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
      .withStartupTimeout(START_MS)
      .start();
  }, START_MS);
  afterAll(async () => {
    await container?.stop();
  });

  // Asked for anew after a restart: the port may be another one.
  const url = () =>
    process.env['EVENTSTORE_URL'] || `esdb://${container?.getHost()}:${container?.getMappedPort(2113)}?tls=false`;
  const restart = async () => container?.restart();

  describeBeliefs(url);
  describeEventStore('EventStoreDB', eventStoreHarness(url, restart));
});
