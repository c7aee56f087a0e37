import { createHash } from "node:crypto"
import { BOARDS, LISTS } from "../../ports/viewStore.js"

/**
 * The Lua that Redis runs, each script one atomic step. Views that have lost a part count as absent (R32). Layout of a
 * realm's keys, all under one hash tag and so in one slot of a Cluster (`<tag>` is `{guildhall/<realm>}:layout-2`):
 *
 *     <tag>:live:<fold version>              text: the live generation's name
 *     <tag>:<generation>:checkpoint          text: JSON
 *     <tag>:<generation>:counts              text: entries in each part after the last swap, and `evicted_keys` then
 *     <tag>:<generation>:documents           hash: name → JSON
 *     <tag>:<generation>:list:<list>         sorted set, all scores 0: so in byte order
 *     <tag>:<generation>:board:<board>       sorted set: id, by its score
 *     <tag>:<generation>:buckets             sorted set of the existing buckets of keys
 *     <tag>:<generation>:keys:<bucket>       hash: command id → JSON
 *
 * READ, LIST and TOP access keys that are not in KEYS, since the pointer names them; that is why one slot matters.
 */
export interface Script {
  readonly lua: string
  readonly sha: string
}

function script(lua: string): Script {
  return { lua, sha: createHash("sha1").update(lua).digest("hex") }
}

const SETS = [...LISTS.map(list => `list:${list}`), ...BOARDS.map(board => `board:${board}`)]

/**
 * `whole(base)`: the checkpoint of a generation that still holds what its last swap left, or false. A key that this
 * server has evicted since then may have been one of the generation's, whatever the counts say; a restarted server
 * counts evictions from 0 again, so that only the counts decide.
 */
const WHOLE = `
local sets = { ${SETS.map(set => `'${set}'`).join(", ")} }

local function counted(base)
  local parts = {}
  local function count(command, part)
    local found = redis.pcall(command, base .. ':' .. part)
    if type(found) == 'table' then error(base .. ':' .. part .. ': ' .. found.err) end
    parts[#parts + 1] = part .. ' ' .. found
  end
  count('HLEN', 'documents')
  for _, set in ipairs(sets) do count('ZCARD', set) end
  for _, bucket in ipairs(redis.call('ZRANGE', base .. ':buckets', 0, -1)) do count('HLEN', 'keys:' .. bucket) end
  return table.concat(parts, ', ')
end

local function evicted()
  return tonumber(string.match(redis.call('INFO', 'stats'), 'evicted_keys:(%d+)')) or 0
end

local function whole(base)
  local checkpoint = redis.call('GET', base .. ':checkpoint')
  local counts = checkpoint and redis.call('GET', base .. ':counts')
  if not counts then return false end
  local parts, before = string.match(counts, '^(.*), evicted (%d+)$')
  return parts == counted(base) and evicted() <= tonumber(before) and checkpoint
end
`

/**
 * Sets `base`, the prefix of the keys of a generation that is whole, and `answer`, which begins with its checkpoint;
 * without such a generation, returns null. KEYS: the pointer. ARGV: prefix, the generation's name (empty: the live one).
 */
const RESOLVE = `${WHOLE}
local name = ARGV[2] ~= '' and ARGV[2] or redis.call('GET', KEYS[1])
if not name then return { false } end
local base = ARGV[1] .. name
local answer = { whole(base) }
if not answer[1] then return answer end
`

/**
 * ARGV after those of RESOLVE: number of documents, documents, keys.
 * Returns the checkpoint (or null), the documents, the keys, newest bucket first. Only the buckets that the checkpoint
 * names exist, since a swap drops the others.
 */
export const READ = script(`${RESOLVE}
local documents = tonumber(ARGV[3])
for i = 4, 3 + documents do
  answer[#answer + 1] = redis.call('HGET', base .. ':documents', ARGV[i])
end
if #ARGV == 3 + documents then return answer end

local buckets = redis.call('ZREVRANGE', base .. ':buckets', 0, -1)
for i = 4 + documents, #ARGV do
  local entry = false
  for _, bucket in ipairs(buckets) do
    entry = entry or redis.call('HGET', base .. ':keys:' .. bucket, ARGV[i])
  end
  answer[#answer + 1] = entry
end
return answer
`)

/** ARGV after those of RESOLVE: list, where to start, how many. Returns the checkpoint (or null) and the ids. */
export const LIST = script(`${RESOLVE}
local ids = redis.call('ZRANGEBYLEX', base .. ':list:' .. ARGV[3], ARGV[4], '+', 'LIMIT', 0, ARGV[5])
for _, id in ipairs(ids) do answer[#answer + 1] = id end
return answer
`)

/**
 * ARGV after those of RESOLVE: board, how many. Returns the checkpoint (or null), then ids and scores alternately.
 *
 * From the highest score down Redis returns equal scores in descending byte order of their ids. So each run of equal
 * scores is reversed, except the last one: the limit may have cut it, so its first ids are fetched. However many are
 * tied, nothing is read beyond twice the limit.
 */
export const TOP = script(`${RESOLVE}
local board = base .. ':board:' .. ARGV[3]
local top = redis.call('ZREVRANGEBYSCORE', board, '+inf', '-inf', 'WITHSCORES', 'LIMIT', 0, ARGV[4])
local first = 1
while first < #top do
  local score, last = top[first + 1], first
  while top[last + 3] == score do last = last + 2 end
  local ids = {}
  if last + 2 > #top then
    ids = redis.call('ZRANGEBYSCORE', board, score, score, 'LIMIT', 0, (last - first) / 2 + 1)
  else
    for i = last, first, -2 do ids[#ids + 1] = top[i] end
  end
  for _, id in ipairs(ids) do
    answer[#answer + 1] = id
    answer[#answer + 1] = score
  end
  first = last + 2
end
return answer
`)

/**
 * KEYS: pointer, checkpoint, counts, documents, buckets, then the sorted sets, then the buckets written to; all but the
 * pointer belong to the generation swapped to. ARGV: see `swapCall`. Returns 1, or 0 when it lost and changed nothing.
 *
 * Redis does not roll back a script that fails half way, so whatever can fail comes before the first change: the types
 * of the keys, and the check for memory, which Redis makes at the first SET only (a script that has written may go on).
 * Only leftovers are cleared before it, which makes room.
 *
 * A new bucket is emptied first: if the set of buckets was lost, nothing else names the bucket's old keys.
 */
export const SWAP = script(`${WHOLE}
local at = 0
local function take() at = at + 1; return ARGV[at] end
local function each(write) for _ = 1, tonumber(take()) do write() end end

local prefix, from = take(), take()
local generation, checkpoint, offset, firstBucket = take(), take(), tonumber(take()), take()
local replaces = take()
local base = prefix .. generation

local live = redis.call('GET', KEYS[1])
local liveCheckpoint = live and whole(prefix .. live)
local found = liveCheckpoint
if replaces ~= '' then
  if not liveCheckpoint or live ~= replaces then return 0 end
  found = whole(base)
end
if (found or '') ~= from then return 0 end

local becomesLive = true
if replaces ~= '' then
  local ok, ahead = pcall(cjson.decode, liveCheckpoint)
  if not ok or type(ahead) ~= 'table' or type(ahead.offset) ~= 'number' then
    return redis.error_reply('CORRUPT ' .. prefix .. live .. ':checkpoint is not a checkpoint')
  end
  becomesLive = offset >= ahead.offset
end

local types = { 'string', 'string', 'string', 'hash', 'zset' }
local firstOfBuckets = 6 + tonumber(take())
for i, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key)['ok']
  local expected = types[i] or (i < firstOfBuckets and 'zset') or 'hash'
  if kind ~= expected and kind ~= 'none' then
    return redis.error_reply('CORRUPT ' .. key .. ': expected a ' .. expected .. ', found a ' .. kind)
  end
end

local function drop(of, below)
  local buckets = of .. ':buckets'
  local old = redis.call('ZRANGEBYSCORE', buckets, '-inf', below)
  for _, bucket in ipairs(old) do redis.call('UNLINK', of .. ':keys:' .. bucket) end
  if #old > 0 then redis.call('ZREMRANGEBYSCORE', buckets, '-inf', below) end
end
local function clear(of)
  drop(of, '+inf')
  for _, part in ipairs({ 'checkpoint', 'counts', 'documents' }) do redis.call('UNLINK', of .. ':' .. part) end
  for _, set in ipairs(sets) do redis.call('UNLINK', of .. ':' .. set) end
end
if from == '' then clear(base) end

redis.call('SET', KEYS[2], checkpoint)
each(function()
  local name, text = take(), take()
  redis.call('HSET', KEYS[4], name, text)
end)
for i = 6, firstOfBuckets - 1 do
  each(function() redis.call('ZREM', KEYS[i], take()) end)
  each(function()
    local score, id = take(), take()
    redis.call('ZADD', KEYS[i], score, id)
  end)
end
for i = firstOfBuckets, #KEYS do
  local bucket = take()
  if redis.call('ZADD', KEYS[5], bucket, bucket) == 1 then redis.call('UNLINK', KEYS[i]) end
  each(function()
    local id, entry = take(), take()
    redis.call('HSET', KEYS[i], id, entry)
  end)
end
drop(base, '(' .. firstBucket)
redis.call('SET', KEYS[3], counted(base) .. ', evicted ' .. evicted())

if becomesLive and live ~= generation then
  redis.call('SET', KEYS[1], generation)
  if live then clear(prefix .. live) end
end
return 1
`)

/** KEYS: any. Returns how many of them exist. */
export const COUNT = script("return redis.call('EXISTS', unpack(KEYS))")
