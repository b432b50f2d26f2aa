import { luaScript } from './redis-link.js';

/*
 * One hash for each item: quantity, sold, revision, held, expires (when a hold may have expired next, ms), and for each hold a field
 * `hold:{purchaseId}` with its units and its end.
 * One key, so that a fail-over, an eviction or an expiry takes all of it or nothing. Each script is one step for everybody else.
 * The time is that of Redis: processes whose clocks differ agree on when a hold has expired.
 */

const shared = `
local key = KEYS[1]

local function number(field)
  return tonumber(redis.call('HGET', key, field))
end

local function release(purchase)
  local units = string.match(redis.call('HGET', key, 'hold:' .. purchase) or '', '^%d+')
  if not units then return end
  redis.call('HDEL', key, 'hold:' .. purchase)
  redis.call('HINCRBY', key, 'held', -units)
end

-- Releases the holds that end before the time, and says when the next one does; nil: all. Looks through the whole hash.
local function drop(now)
  local first
  for _, field in ipairs(redis.call('HKEYS', key)) do
    local purchase = string.match(field, '^hold:(.+)$')
    local ends = purchase and tonumber(string.match(redis.call('HGET', key, field), ':(%d+)$'))
    if ends and (not now or ends <= now) then
      release(purchase)
    elseif ends then
      first = math.min(first or ends, ends)
    end
  end
  redis.call('HSET', key, 'expires', string.format('%.0f', first or 0))
end

local function take(quantity, sold, revision, lifetime)
  redis.call('HSET', key, 'quantity', quantity, 'sold', sold, 'revision', revision)
  redis.call('HSETNX', key, 'held', 0)
  redis.call('HSETNX', key, 'expires', 0)
  redis.call('PEXPIRE', key, lifetime)
end
`;

/** ARGV: purchaseId, units, how long they are held in ms. */
export const RESERVE = luaScript(
  'reserve',
  `${shared}
local quantity, sold = number('quantity'), number('sold')
if not quantity then return 'unknown' end
if sold >= quantity then return 'sold-out' end
local hold, units = 'hold:' .. ARGV[1], tonumber(ARGV[2])
if redis.call('HEXISTS', key, hold) == 1 then return 'reserved' end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = string.format('%.0f', now + ARGV[3])
local free = quantity - sold
-- 'expires' is never later than the end of the first hold, so that a crowd in front of held units looks through them once.
if free - number('held') < units and now >= number('expires') then drop(now) end
if free - number('held') < units then return 'contested' end
if number('held') == 0 then redis.call('HSET', key, 'expires', ends) end
redis.call('HSET', key, hold, units .. ':' .. ends)
redis.call('HINCRBY', key, 'held', units)
return 'reserved'`,
);

/** ARGV: purchaseId, units, quantity, sold, revision, lifetime of the level in ms. */
export const CONFIRM = luaScript(
  'confirm',
  `${shared}
release(ARGV[1])
local revision = number('revision')
if revision and tonumber(ARGV[5]) <= revision then return 0 end
local quantity, sold = tonumber(ARGV[3]), tonumber(ARGV[4])
-- Sales that are not known here may be among the holds: they would count twice.
if revision and sold ~= number('sold') + ARGV[2] then drop() end
take(ARGV[3], ARGV[4], ARGV[5], ARGV[6])
if sold + number('held') > quantity then drop() end
return 1`,
);

/** ARGV: purchaseId. */
export const RELEASE = luaScript(
  'release',
  `${shared}
release(ARGV[1])
return 1`,
);

/** ARGV: quantity, sold, revision, lifetime of the level in ms. */
export const RESTORE = luaScript(
  'restore',
  `${shared}
local revision = number('revision')
if revision and tonumber(ARGV[3]) <= revision then return 0 end
drop()
take(ARGV[1], ARGV[2], ARGV[3], ARGV[4])
return 1`,
);

/** Answers quantity, sold, revision, held; nothing when the item is not known. */
export const VIEW = luaScript(
  'view',
  `if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
return redis.call('HMGET', KEYS[1], 'quantity', 'sold', 'revision', 'held')`,
);
