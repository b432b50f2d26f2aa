import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Endpoints on loopback that answer 204 at once, and one that never answers; tells how old events are when they arrive. */
export class WebhookReceiver {
  /** From the time that stands in the event to its arrival, milliseconds. */
  readonly delays: number[] = [];

  private constructor(
    private readonly good: Server,
    private readonly hanging: Server,
  ) {}

  static async start(): Promise<WebhookReceiver> {
    const [good, hanging] = [createServer(), createServer((request) => request.resume())];
    const receiver = new WebhookReceiver(good, hanging);
    good.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { timestamp } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { timestamp: string };
        receiver.delays.push(Date.now() - Date.parse(timestamp));
        response.writeHead(204).end();
      });
    });
    for (const server of [good, hanging]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return receiver;
  }

  get goodUrl(): string {
    return urlOf(this.good);
  }

  get hangingUrl(): string {
    return urlOf(this.hanging);
  }

  close(): void {
    for (const server of [this.good, this.hanging]) {
      server.closeAllConnections();
      server.close();
    }
  }
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
