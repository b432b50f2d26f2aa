import { jest } from '@jest/globals';
import { describeEventStore } from '../contract-suite.js';
import { eventStoreHarness } from './testing/event-store-harness.js';
import { describeBeliefs } from './testing/server-beliefs.js';

/*
 * The suites of the double on a real server: the one of EVENTSTORE_URL (`npm run test:eventstore`), or a container where Docker
 * runs (`npm run test:eventstore:docker`). Not a part of `npm test`.
 */
const IMAGE = 'kurrentplatform/kurrentdb:26.1.2';
const START_MS = 180_000;

// A case may wait until the server has started anew, and its disk may be slow.
jest.setTimeout(START_MS);

describe('on a real server', () => {
  let container: StartedContainer | undefined;
  beforeAll(async () => {
    if (!process.env['EVENTSTORE_URL']) container = await startContainer();
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

/** What the suite uses of Testcontainers. */
interface StartedContainer {
  getHost(): string;
  getMappedPort(port: number): number;
  restart(): Promise<void>;
  stop(): Promise<unknown>;
}
interface ContainerToStart {
  withExposedPorts(port: number): this;
  withEnvironment(environment: Record<string, string>): this;
  withWaitStrategy(strategy: unknown): this;
  withStartupTimeout(milliseconds: number): this;
  start(): Promise<StartedContainer>;
}
interface Testcontainers {
  readonly GenericContainer: new (image: string) => ContainerToStart;
  readonly Wait: { forHttp(path: string, port: number): { forStatusCode(code: number): unknown } };
}

/** Testcontainers is installed by the script that needs it: it brings native modules that want a compiler at every install. */
async function startContainer(): Promise<StartedContainer> {
  const name = 'testcontainers';
  const { GenericContainer, Wait } = (await import(name)) as Testcontainers;
  return new GenericContainer(IMAGE)
    .withExposedPorts(2113)
    .withEnvironment({ KURRENTDB_INSECURE: 'true', KURRENTDB_CLUSTER_SIZE: '1' })
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
    .withStartupTimeout(START_MS)
    .start();
}
