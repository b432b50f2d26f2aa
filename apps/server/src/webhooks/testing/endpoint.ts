import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A partner's endpoint on this machine. */
export class Endpoint {
  readonly received: Received[] = [];
  status = 204;
  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly url: string,
  ) {}

  static async start(): Promise<Endpoint> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = new Endpoint(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      endpoint.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(endpoint.status).end();
    });
    return endpoint;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** What the stock library says of each delivery: it throws where the signature does not fit. */
  verified(secret: string): { eventId: string; eventType: string }[] {
    return this.received.map(
      ({ body, headers }) =>
        new Webhook(secret).verify(body, headers as Record<string, string>) as { eventId: string; eventType: string },
    );
  }
}
