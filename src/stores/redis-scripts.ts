/**
 * The scripts that run in Redis. Their keys, which the braces put into one slot of a cluster:
 *
 * - `{prefix}:of:DOMAIN`  a hash: id → `ORDER END DATA`, where END is in ms, or `-` for a session cookie
 * - `{prefix}:domains`    a sorted set of the domains, by when their hash ends
 * - `{prefix}:count`      counts the cookies that were ever new, for their order
 * - `{prefix}:lock`       the token of the holder of the lock
 *
 * Cookies end by the clock of the client, by which they were set. The clock of Redis, `TIME`, serves only to recognise a write
 * that comes too late.
 */

const CLOCK = `
local function clock()
  local time = redis.call('TIME')
  return string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
end`

/** KEYS: a hash for each domain. Gives the time, and each hash. */
export const READ = `${CLOCK}
local answer = { clock() }
for i, key in ipairs(KEYS) do answer[i + 1] = redis.call('HGETALL', key) end
return answer`

/** KEYS: domains. Gives the time, and each domain with its hash. */
export const READ_ALL = `${CLOCK}
local answer = { clock() }
local of = string.sub(KEYS[1], 1, -8) .. 'of:'
for _, domain in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  table.insert(answer, { domain, redis.call('HGETALL', of .. domain) })
end
return answer`

/**
 * KEYS: domains, count, and a hash for each domain. ARGV: now, ttl, the time after which the write is too late or '', the number
 * of domains, their names, and for each change the number of its domain, its id, end (`x` removes it) and data.
 */
export const WRITE = `${CLOCK}
local now, ttl, late, count = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
if late ~= '' and tonumber(clock()) > tonumber(late) then return redis.error_reply('LATE') end
for i = 5 + count, #ARGV, 4 do
  local key, id, ends = KEYS[2 + tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2]
  if ends == 'x' then
    redis.call('HDEL', key, id)
  else
    local old = redis.call('HGET', key, id)
    local order = old and string.match(old, '^%d+') or redis.call('INCR', KEYS[2])
    redis.call('HSET', key, id, order .. ' ' .. ends .. ' ' .. ARGV[i + 3])
  end
end
local function expire(key, life)
  redis.call('PEXPIRE', key, string.format('%.0f', life))
end
for i = 1, count do
  local key, life = KEYS[2 + i], 0
  local fields = redis.call('HGETALL', key)
  for at = 1, #fields, 2 do
    local ends = string.match(fields[at + 1], '^%d+ (%S+)')
    local rest = ends == '-' and ttl or tonumber(ends) - now
    if rest > 0 then life = math.max(life, math.min(rest, ttl)) else redis.call('HDEL', key, fields[at]) end
  end
  if life > 0 then
    expire(key, life)
    redis.call('ZADD', KEYS[1], string.format('%.0f', now + life), ARGV[4 + i])
  else
    redis.call('ZREM', KEYS[1], ARGV[4 + i])
  end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
if last[2] then
  expire(KEYS[1], tonumber(last[2]) - now)
  expire(KEYS[2], tonumber(last[2]) - now)
else
  redis.call('DEL', KEYS[1], KEYS[2])
end
return 1`

/** Takes a lock that is free. A key that never ends is no lock, and would be waited for without an end. KEYS: lock. ARGV: token, ms. */
export const TAKE = `if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('PTTL', KEYS[1]) == -1 then return redis.error_reply('WRONGTYPE no lock') end
return 0`
/** Renews the lock if the token is its holder's. KEYS: lock. ARGV: token, ms. */
export const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) else return 0 end`
/** Releases the lock if the token is its holder's. KEYS: lock. ARGV: token. */
export const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end`
