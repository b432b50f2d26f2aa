import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordedEvent } from '#event-store/event-store.js';
import { openEventStoreDb } from '#event-store/eventstoredb/event-store-db.js';
import { EventStoreDouble } from '#event-store/eventstoredb/testing/event-store-double.js';
import { TcpProxy } from '#testing/tcp-proxy.js';
import { until } from '#testing/until.js';
import type { GavelClient } from './gavel-client.js';
import { emptyDirectory, ServerProcess } from './server-process.js';

/** Real server processes on one store, each with a data directory and a network of its own. */
export class Instances {
  private constructor(
    readonly double: EventStoreDouble,
    readonly networks: readonly TcpProxy[],
    private readonly directory: string,
    readonly servers: ServerProcess[],
    private readonly env: Record<string, string>,
  ) {}

  static async start(count: number, env: Record<string, string> = {}): Promise<Instances> {
    const directory = await emptyDirectory();
    const double = await EventStoreDouble.start({ dataFile: join(directory, 'events.jsonl') });
    const networks = await Promise.all(Array.from({ length: count }, () => TcpProxy.start(double.port)));
    const instances = new Instances(double, networks, directory, [], env);
    try {
      for (const i of networks.keys()) await instances.startOne(i);
      return instances;
    } catch (error) {
      await instances.stop();
      throw error;
    }
  }

  /** Starts, or starts again, the instance on its data. */
  async startOne(index: number): Promise<ServerProcess> {
    const server = await ServerProcess.start(this.dataDir(index), {
      EVENTSTORE_URL: `esdb://127.0.0.1:${this.networks[index]?.port}?tls=false`,
      ...this.env,
    });
    this.servers[index] = server;
    return server;
  }

  dataDir(index: number): string {
    return join(this.directory, `instance-${index}`);
  }

  /** The same caller at every instance. */
  everywhere({ key }: GavelClient): GavelClient[] {
    return this.admins.map((admin) => admin.as(key));
  }

  get admins(): GavelClient[] {
    return this.servers.map(({ admin }) => admin);
  }

  async openLot(terms: object = {}): Promise<{ auctionId: string; lotId: string }> {
    const [admin] = this.admins as [GavelClient];
    const { auctionId } = await admin.createAuction();
    const { lotId } = await admin.addLot(auctionId, terms);
    await admin.run(auctionId, 'start');
    await Promise.all(
      this.admins.map((each) => until(async () => (await each.get(`/api/lots/${lotId}`)).body.state === 'open')),
    );
    return { auctionId, lotId };
  }

  /** What the store itself says, past every instance. */
  async stream(name: string): Promise<readonly RecordedEvent[]> {
    const store = openEventStoreDb({ url: this.double.url });
    try {
      return await store.readStream(name, 0, 1_000_000);
    } finally {
      await store.close();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.end('SIGKILL')));
    await Promise.all(this.networks.map((network) => network.close()));
    await this.double.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
