import { DrawQueue } from './draw-queue.js';
import { HighestSeen } from './highest-seen.js';
import { luaScript, type RedisLink } from './redis-link.js';

/** A counter that nobody has used for so long is let go of: the next draw seeds it anew. Milliseconds. */
const IDLE_MS = 60 * 60_000;
const MISSING = -1;

/**
 * One step, so that two processes can neither seed a lost counter twice nor seed one below what the other has drawn since. ARGV: how many
 * numbers, the number that they must be above, after how many idle ms the counter may go, 1 when that number is the stream's.
 */
const DRAW = luaScript(
  'draw',
  `local last = tonumber(redis.call('GET', KEYS[1]))
if not last and ARGV[4] ~= '1' then return ${MISSING} end
if not last or last < tonumber(ARGV[2]) then redis.call('SET', KEYS[1], ARGV[2]) end
last = redis.call('INCRBY', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return last`,
);

/** The last number in the lot's stream, 0 when there is none. May reject: then no number can be had. */
type LastStored = (lotId: string) => Promise<number>;

/**
 * Hands out arrival numbers of bids, rising per lot. A number is a hint: the lot's stream gives each bid the number that was drawn
 * for it, or the next free one when that is not above the last (rule O1 needs them unique). So the counters may be lost at any
 * moment, and a number may be handed out twice: no bid is ever stored under a number that another one has.
 *
 * All processes share the numbers, by INCRBY on `bid:seq:{lotId}`. Seeded from the stream where Redis has lost the counter, raised
 * where it has gone back to an old copy: each process says what it has seen.
 */
export class RedisSequencer {
  private readonly seen = new HighestSeen();
  private readonly queue = new DrawQueue((lotId, count) => this.drawRange(lotId, count));

  constructor(
    private readonly redis: RedisLink,
    private readonly lastStored: LastStored,
  ) {}

  /** The next number, above all that this process has seen of the lot; null: none can be had now, the stream counts by itself. */
  draw(lotId: string): Promise<number | null> {
    return this.queue.draw(lotId);
  }

  /** A bid was stored under the number: no draw of this process answers it, or one below it, from now on. */
  stored(lotId: string, sequence: number): void {
    this.seen.raise(lotId, sequence);
  }

  /** Lets go of what this process remembers of lots on which nobody bids. */
  forgetIdle(): void {
    this.seen.forgetIdle();
  }

  private async drawRange(lotId: string, count: number): Promise<number | null> {
    const last = await this.increment(lotId, count, false);
    if (last !== MISSING) return last;
    const stored = await this.lastStored(lotId).catch(() => null);
    if (stored === null) return null;
    this.seen.raise(lotId, stored);
    return this.increment(lotId, count, true);
  }

  private async increment(lotId: string, count: number, seeded: boolean): Promise<number | null> {
    const args = [count, this.seen.of(lotId), IDLE_MS, seeded ? 1 : 0];
    const last = await this.redis.run(DRAW, `bid:seq:${lotId}`, args);
    if (typeof last !== 'number') return null;
    this.seen.raise(lotId, last);
    return last;
  }
}
