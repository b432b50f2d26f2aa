import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { temporaryDirectory } from '../../embedded/testing/temporary-directory.js';
import type { EventStore } from '../../event-store.js';
import { type EventStoreDbOptions, openEventStoreDb } from '../event-store-db.js';
import { EventStoreDouble } from './event-store-double.js';

/** A double for the tests of a file, without faults at the begin of each, and what is opened on it. */
export class OnDouble {
  double!: EventStoreDouble;
  readonly #opened: { close(): Promise<void> }[] = [];

  constructor() {
    beforeAll(async () => {
      this.double = await EventStoreDouble.start({ dataFile: join(temporaryDirectory(), 'events.jsonl') });
    });
    afterEach(async () => {
      await Promise.all(this.#opened.splice(0).map((opened) => opened.close()));
      await this.double.reset();
    });
    afterAll(() => this.double.stop());
  }

  open(options: Partial<EventStoreDbOptions> = {}): EventStore {
    const store = openEventStoreDb({ url: this.double.url, patienceMs: 2_000, ...options });
    this.#opened.push(store);
    return store;
  }

  /** The client as it is, to do what Gavel never does. */
  client(): EventStoreDBClient {
    const client = EventStoreDBClient.connectionString(this.double.url);
    this.#opened.push({ close: () => client.dispose() });
    return client;
  }
}
