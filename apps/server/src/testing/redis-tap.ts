import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { LuaScript } from '#coordination/redis/redis-link.js';

type Side = 'request' | 'reply';

/** Sits between a server and its Redis, and strikes at an exact moment of what they say to each other. */
export class RedisTap {
  private struck: { sha: string; side: Side; strike: () => void } | null = null;
  private awaitsReply = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly listener: Server,
    private readonly redisPort: number,
  ) {
    listener.on('connection', (client) => this.join(client));
  }

  static async start(redisPort: number): Promise<RedisTap> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new RedisTap(listener, redisPort);
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  /** Once: when the script is about to be asked for, or has been run and is about to be answered. That message is lost. */
  on(side: Side, { sha }: LuaScript, strike: () => void): void {
    this.struck = { sha, side, strike };
  }

  close(): void {
    this.listener.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket): void {
    const redis = connect(this.redisPort, '127.0.0.1');
    for (const socket of [client, redis]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        redis.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (this.struck !== null && chunk.includes(this.struck.sha)) {
        if (this.struck.side === 'request') return this.strike();
        this.awaitsReply = true;
      }
      redis.write(chunk);
    });
    redis.on('data', (chunk) => {
      if (this.awaitsReply) return this.strike();
      client.write(chunk);
    });
  }

  private strike(): void {
    this.struck?.strike();
    this.struck = null;
    this.awaitsReply = false;
  }
}
