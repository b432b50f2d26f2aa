import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'gavel';

export interface Claims {
  readonly iss?: string;
  readonly aud?: string;
  readonly sub?: string;
  /** A span as jose reads it, or a time in seconds. */
  readonly exp?: string | number;
}

/** Signs tokens of bidders, and publishes its key on a free port. */
export class TokenIssuer {
  /** What it answers to those who ask for its keys; null: it fails. */
  published: object | null;

  private constructor(
    private readonly server: Server,
    private readonly privateKey: CryptoKey,
    keys: object,
  ) {
    this.published = keys;
    server.on('request', (_, response) => {
      response.statusCode = this.published === null ? 500 : 200;
      response.end(JSON.stringify(this.published));
    });
  }

  static async start(): Promise<TokenIssuer> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TokenIssuer(server, privateKey, { keys: [jwk] });
  }

  /** The settings of a server that takes its tokens. */
  get env(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    const JWT_JWKS_URL = `http://127.0.0.1:${port}/jwks.json`;
    return { JWT_JWKS_URL, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE };
  }

  sign({ iss = ISSUER, aud = AUDIENCE, sub = 'ada', exp = '1h' }: Claims, key = this.privateKey, kid = 'one') {
    return new SignJWT({ role: 'admin' })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuer(iss)
      .setAudience(aud)
      .setSubject(sub)
      .setExpirationTime(exp)
      .sign(key);
  }

  /** Nobody can ask for its key any more. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
