import type { Clock } from '#platform/clock.js';
import type { Client } from './client.js';
import { tell } from './control-message.js';

/** Ends connections whose credential has ended. */
export class CredentialWatch {
  /** Those whose credential ends by itself. */
  private readonly expiring = new Set<Client>();

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  add(client: Client): void {
    if (client.principal.expiresAt !== undefined) this.expiring.add(client);
  }

  remove(client: Client): void {
    this.expiring.delete(client);
  }

  /** Asks whether the credential is still valid. */
  async recheck(client: Client): Promise<void> {
    // An issuer that does not answer says nothing against a credential that was good.
    const valid = await Promise.resolve(client.isStillValid()).catch(() => true);
    if (!valid) this.dismiss(client, 'unauthenticated', 'The credential is no longer valid.');
  }

  endExpired(): void {
    const now = this.clock.now();
    for (const client of this.expiring) {
      if ((client.principal.expiresAt as number) > now) continue;
      this.expiring.delete(client);
      this.dismiss(client, 'credential-expired', 'The token has expired: connect again with a new one, and `after`.');
    }
  }

  /** Says why in a message too: server-sent events have no close codes. */
  private dismiss({ subscriber }: Client, code: 'unauthenticated' | 'credential-expired', detail: string): void {
    tell(subscriber, { code, detail });
    subscriber.flush(this.clock.now());
    subscriber.close(code);
  }
}
