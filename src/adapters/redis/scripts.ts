import { createHash } from "node:crypto"

/**
 * The Lua that Redis runs, each script one atomic step. Layout of a realm's keys, all under one hash tag and so in one
 * slot of a Cluster (`<tag>` is `{guildhall/<realm>}`):
 *
 *     <tag>:live:<fold version>              text: the live generation's name
 *     <tag>:<generation>:checkpoint          text: JSON
 *     <tag>:<generation>:documents           hash: name → JSON
 *     <tag>:<generation>:list:<list>         sorted set, all scores 0: so in the order of their bytes
 *     <tag>:<generation>:board:<board>       sorted set: id, by its negated score: so the best comes first
 *     <tag>:<generation>:buckets             sorted set of the buckets of keys that there are
 *     <tag>:<generation>:keys:<bucket>       hash: command id → JSON
 *
 * READ, LIST and TOP reach keys that they were not told of, since the pointer names them; that is why one slot matters.
 */
export interface Script {
  readonly lua: string
  readonly sha: string
}

function script(lua: string): Script {
  return { lua, sha: createHash("sha1").update(lua).digest("hex") }
}

/** Sets `base`, the prefix of the live generation's keys, and `text`, its checkpoint; without them, answers null. */
const RESOLVE = `
local live = redis.call('GET', KEYS[1])
if not live then return { false } end
local base = ARGV[1] .. live
local text = redis.call('GET', base .. ':checkpoint')
if not text then return { false } end
local answer = { text }
`

/**
 * KEYS: the pointer. ARGV: prefix, number of documents, documents, keys.
 * Answers the checkpoint (or null), the documents, the keys, newest bucket first; there are no buckets but those that
 * the checkpoint names, since a swap drops the others.
 */
export const READ = script(`${RESOLVE}
local documents = tonumber(ARGV[2])
for i = 3, 2 + documents do
  answer[#answer + 1] = redis.call('HGET', base .. ':documents', ARGV[i])
end
if #ARGV == 2 + documents then return answer end

local buckets = redis.call('ZREVRANGE', base .. ':buckets', 0, -1)
for i = 3 + documents, #ARGV do
  local entry = false
  for _, bucket in ipairs(buckets) do
    entry = entry or redis.call('HGET', base .. ':keys:' .. bucket, ARGV[i])
  end
  answer[#answer + 1] = entry
end
return answer
`)

/** KEYS: the pointer. ARGV: prefix, list, where to start, how many. Answers the checkpoint (or null) and the ids. */
export const LIST = script(`${RESOLVE}
local ids = redis.call('ZRANGEBYLEX', base .. ':list:' .. ARGV[2], ARGV[3], '+', 'LIMIT', 0, ARGV[4])
for _, id in ipairs(ids) do answer[#answer + 1] = id end
return answer
`)

/** KEYS: the pointer. ARGV: prefix, board, how many. Answers the checkpoint (or null), then ids and stored scores in turn. */
export const TOP = script(`${RESOLVE}
local top = redis.call('ZRANGEBYSCORE', base .. ':board:' .. ARGV[2], '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
for _, each in ipairs(top) do answer[#answer + 1] = each end
return answer
`)

/**
 * KEYS: pointer, checkpoint, documents, buckets, then the sorted sets, then the buckets written to; all but the pointer of
 * the generation swapped to. ARGV: see `swapCall`. Answers 1, or 0 when it lost and changed nothing.
 *
 * Redis does not undo a script that fails half way, so whatever can fail comes before the first change: the types of
 * the keys, and (a script that has written is let on) the check for memory, which SET is the first to meet. Only
 * leftovers are cleared before it, which makes room.
 */
export const SWAP = script(`
local at = 0
local function take() at = at + 1; return ARGV[at] end
local function each(write) for _ = 1, tonumber(take()) do write() end end

local prefix, fromGeneration, fromOffset = take(), take(), tonumber(take())
local generation, checkpoint, firstBucket = take(), take(), take()
local base = prefix .. generation
local buckets = KEYS[4]

local live = redis.call('GET', KEYS[1])
local current = live and redis.call('GET', prefix .. live .. ':checkpoint')
if fromGeneration == '' then
  if current then return 0 end
else
  if not current or live ~= fromGeneration then return 0 end
  local ok, found = pcall(cjson.decode, current)
  if not ok or type(found) ~= 'table' then
    return redis.error_reply('CORRUPT ' .. KEYS[2] .. ' is no checkpoint')
  end
  if found.offset ~= fromOffset then return 0 end
end

local types = { 'string', 'string', 'hash', 'zset' }
local firstOfBuckets = 5 + tonumber(take())
for i, key in ipairs(KEYS) do
  local found = redis.call('TYPE', key)['ok']
  local expected = types[i] or (i < firstOfBuckets and 'zset') or 'hash'
  if found ~= expected and found ~= 'none' then
    return redis.error_reply('CORRUPT ' .. key .. ': expected a ' .. expected .. ', found a ' .. found)
  end
end

local function drop(below)
  local old = redis.call('ZRANGEBYSCORE', buckets, '-inf', below)
  for _, bucket in ipairs(old) do redis.call('UNLINK', base .. ':keys:' .. bucket) end
  if #old > 0 then redis.call('ZREMRANGEBYSCORE', buckets, '-inf', below) end
end
if fromGeneration == '' then
  drop('+inf')
  for i = 2, #KEYS do
    if redis.call('EXISTS', KEYS[i]) == 1 then redis.call('UNLINK', KEYS[i]) end
  end
end

redis.call('SET', KEYS[2], checkpoint)
if fromGeneration == '' then redis.call('SET', KEYS[1], generation) end
each(function()
  local name, text = take(), take()
  redis.call('HSET', KEYS[3], name, text)
end)
for i = 5, firstOfBuckets - 1 do
  each(function() redis.call('ZREM', KEYS[i], take()) end)
  each(function()
    local score, id = take(), take()
    redis.call('ZADD', KEYS[i], score, id)
  end)
end
for i = firstOfBuckets, #KEYS do
  local bucket = take()
  redis.call('ZADD', buckets, bucket, bucket)
  each(function()
    local id, entry = take(), take()
    redis.call('HSET', KEYS[i], id, entry)
  end)
end
drop('(' .. firstBucket)
return 1
`)
