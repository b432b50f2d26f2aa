import { setTimeout as sleep } from 'node:timers/promises';
import type { GavelClient } from '../../../apps/server/src/testing/gavel-client.js';

const PATIENCE_MS = 60_000;
const UNAVAILABLE = 503;

/** Places a last bid and waits until every read model that bids change shows it. Answers how long that took, milliseconds. */
export async function catchUp(bidder: GavelClient, lotId: string, amount: number): Promise<number> {
  const { position } = await bidder.bid(lotId, amount);
  const started = performance.now();
  const queries = [`/api/lots/${lotId}?`, `/api/lots/${lotId}/bids?limit=1&`, '/api/me/bids?limit=1&'];
  await Promise.all(queries.map((query) => shown(bidder, `${query}atLeast=${position}`)));
  return performance.now() - started;
}

async function shown(bidder: GavelClient, path: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { status } = await bidder.get(path);
    if (status === 200) return;
    if (status !== UNAVAILABLE || Date.now() > deadline) throw new Error(`${path} was answered with ${status}`);
    await sleep(10);
  }
}
