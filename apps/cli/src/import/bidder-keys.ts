import Type from 'typebox';
import { IssuedKey } from '#contracts/http/keys.js';
import type { GavelClient } from './gavel-client.js';

const Issued = Type.Pick(IssuedKey, ['keyId', 'key']);

/**
 * One API key for each bidder, issued when the first bid needs it and revoked at the end. Keys are shown once and only ever
 * held in memory: an import that goes on after a break issues new ones. That places no bid twice, because a repeat is known by
 * the bidder's subject and the Idempotency-Key, and neither depends on the API key.
 */
export class BidderKeys {
  private readonly issued = new Map<string, Promise<{ keyId: string; key: string }>>();

  constructor(
    private readonly client: GavelClient,
    private readonly adminKey: string,
  ) {}

  /** Rejects with Refused or NoAnswer. */
  async keyOf(subject: string): Promise<string> {
    const known = this.issued.get(subject) ?? this.issue(subject);
    this.issued.set(subject, known);
    return (await known).key;
  }

  /** Ids of the keys that were issued. */
  async ids(): Promise<string[]> {
    const settled = await Promise.allSettled(this.issued.values());
    return settled.flatMap((result) => (result.status === 'fulfilled' ? result.value.keyId : []));
  }

  /** May be repeated: a revoked key stays revoked. */
  async revoke(keyId: string): Promise<void> {
    await this.client.sendUntilAnswered({ method: 'DELETE', path: `api/keys/${keyId}`, key: this.adminKey });
  }

  /** Without an Idempotency-Key: a lost answer leaves a key that nobody knows. */
  private issue(subject: string): Promise<{ keyId: string; key: string }> {
    const body = { role: 'bidder', subject };
    return this.client.send({ method: 'POST', path: 'api/keys', key: this.adminKey, body }, Issued);
  }
}
