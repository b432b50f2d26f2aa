import type { Benchmark } from './benchmark.js';
import { buyNow } from './benchmarks/buy-now.js';
import { eventStoreHop } from './benchmarks/eventstore-hop.js';
import { fanOut } from './benchmarks/fan-out.js';
import { feed } from './benchmarks/feed.js';
import { httpBid } from './benchmarks/http-bid.js';
import { idleMemory } from './benchmarks/idle-memory.js';
import { inProcessBids } from './benchmarks/in-process.js';
import { instances } from './benchmarks/instances.js';
import { longLot } from './benchmarks/long-lot.js';
import { manyLots } from './benchmarks/many-lots.js';
import { page } from './benchmarks/page.js';
import { rebuild } from './benchmarks/rebuild.js';
import { redisHop } from './benchmarks/redis-hop.js';
import { relay } from './benchmarks/relay.js';
import { webhooks } from './benchmarks/webhooks.js';

const benchmarks: readonly Benchmark[] = [
  httpBid,
  manyLots,
  inProcessBids,
  rebuild,
  idleMemory,
  longLot,
  buyNow,
  redisHop,
  relay,
  eventStoreHop,
  instances,
  fanOut,
  feed,
  webhooks,
  page,
];

/** All, or those of the names, in their own order. Throws for a name that there is not. */
export function chosen(names: readonly string[]): readonly Benchmark[] {
  const known = benchmarks.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`there is no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name));
}
