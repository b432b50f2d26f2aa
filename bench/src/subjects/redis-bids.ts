import { Redis } from 'ioredis';
import { uuidV7 } from '#platform/uuid.js';
import type { Measured } from '../benchmark.js';
import { keepInFlight, type Pressure } from '../bidding/in-flight.js';
import { context } from '../bidding/open-lots.js';
import { LEADING_FROM } from '../bidding/place-bid.js';
import { answer } from '../process/subject.js';

export interface RedisBidsTask extends Pressure {
  readonly port: number;
  readonly lots: number;
}

/** Every bid is recorded, the highest one is kept: what a lot does, without its rules. */
const PLACE_BID = `
local highest = tonumber(redis.call('HGET', KEYS[2], 'amount') or '0')
local sequence = redis.call('RPUSH', KEYS[1], ARGV[2])
if tonumber(ARGV[1]) > highest then
  redis.call('HSET', KEYS[2], 'amount', ARGV[1], 'sequence', sequence)
  return {sequence, 1}
end
return {sequence, 0}`;

/** The same bids into Redis, recorded with what Gavel's event says of each. */
answer<RedisBidsTask, Measured>(async (task) => {
  const redis = new Redis({ host: '127.0.0.1', port: task.port });
  await checkDurable(redis);
  await redis.flushall();
  const sha = String(await redis.script('LOAD', PLACE_BID));
  const auctionId = uuidV7();
  const lotIds = Array.from({ length: task.lots }, () => uuidV7());
  const found = await keepInFlight(task, async (bid) => {
    const lotId = lotIds[bid % lotIds.length] as string;
    const amount = LEADING_FROM + bid;
    const bidderId = `bidder-${bid % 100}`;
    const data = { lotId, auctionId, bidId: uuidV7(), bidderId, amount, acceptedAt: Date.now() };
    const record = JSON.stringify({ data, metadata: context(`bidder:${bidderId}`) });
    await redis.evalsha(sha, 2, `bids:${lotId}`, `lot:${lotId}`, amount, record);
  });
  redis.disconnect();
  return found;
});

/** Rejects unless every answer waits for an fsync of the append-only file. */
async function checkDurable(redis: Redis): Promise<void> {
  const [, appendOnly] = (await redis.config('GET', 'appendonly')) as string[];
  const [, fsync] = (await redis.config('GET', 'appendfsync')) as string[];
  if (appendOnly !== 'yes' || fsync !== 'always') {
    throw new Error(`Redis is not durable: appendonly ${appendOnly}, appendfsync ${fsync}`);
  }
}
