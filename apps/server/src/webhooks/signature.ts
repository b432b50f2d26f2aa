import { createHmac } from 'node:crypto';
import type { EpochMs } from '#contracts/time.js';

/**
 * The secrets of the subscriptions, derived from one key of the server: HMAC-SHA256 of the subscription's id and of which secret it
 * is. Nothing of them is stored, and every instance with the key knows them.
 */
export class WebhookSecrets {
  constructor(private readonly key: string) {}

  /** `whsec_` and the base64 of 32 bytes; `generation` counts from 1. */
  of(webhookId: string, generation: number): string {
    return `whsec_${createHmac('sha256', this.key).update(`webhook/${webhookId}/${generation}`).digest('base64')}`;
  }
}

export interface Signed {
  readonly 'webhook-id': string;
  /** Seconds since 1970: receivers refuse what is older than a few minutes, so that nothing is replayed. */
  readonly 'webhook-timestamp': string;
  /** One for each secret, with blanks between them. */
  readonly 'webhook-signature': string;
}

/** The headers of Standard Webhooks 1.0 (standardwebhooks.com). */
export function sign(id: string, at: EpochMs, body: string, secrets: readonly string[]): Signed {
  const timestamp = String(Math.floor(at / 1_000));
  const signatures = secrets.map((secret) => {
    const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', bytes).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
