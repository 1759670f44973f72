/**
 * The scripts that Redis runs for the process that leads, or wants to lead. Each is atomic. KEYS of all: stream, head, lease
 * (see `RelayKeys`).
 *
 * The head has the fields `token` and `batch` (of the last entry), `run` (the run id of Redis at the takeover), `shown` (1: the
 * holder shows messages to clients before Redis has them), `clean` (1: the holder has written everything and has left) and `whole`
 * (0: after a takeover that is not seamless, until the first segment is complete).
 */

/** A function for all scripts: the state of the head from the view of the holder of a token. */
const HEAD_STATE = `
local function state(token)
  local head = redis.call('HMGET', KEYS[2], 'token', 'batch')
  if not head[1] or redis.call('EXISTS', KEYS[1]) == 0 then return 'EMPTIED', 0 end
  if head[1] == token then return 'OK', tonumber(head[2]) end
  if tonumber(head[1]) > tonumber(token) then return 'FENCED', 0 end
  return 'EMPTIED', 0
end
`;

/**
 * Takes the lease and writes the first entry under a new token.
 * ARGV: holder, lease in ms, position of the holder, 1 to take over from any position, run id of Redis (empty: unknown), 1 if the holder shows
 * messages before Redis has them, the records of the first entry, the time of Redis in ms until which the call is valid (empty: always).
 * Returns HELD or LATE with the time of Redis in ms; BEHIND with the id of the last entry; or OK with the token and whether the takeover is
 * seamless (1).
 */
export const ACQUIRE = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if ARGV[8] ~= '' and now > tonumber(ARGV[8]) then return {'LATE', string.format('%.0f', now)} end
local holder = redis.call('GET', KEYS[3])
if holder and holder ~= ARGV[1] then return {'HELD', string.format('%.0f', now)} end
local last = '0-0'
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do if info[i] == 'last-generated-id' then last = info[i + 1] end end
end
if last ~= ARGV[3] and ARGV[4] ~= '1' then return {'BEHIND', last} end
local head = redis.call('HMGET', KEYS[2], 'token', 'run', 'shown', 'clean', 'whole')
local seamless = '0'
if last == ARGV[3] and head[5] == '1' and ARGV[5] ~= '' and head[2] == ARGV[5] and (head[3] ~= '1' or head[4] == '1') then
  seamless = '1'
end
local token = string.format('%.0f', math.max(now, (tonumber(head[1]) or 0) + 1, tonumber(string.match(last, '^%d+')) + 1))
redis.call('XADD', KEYS[1], token .. '-0', 'r1', ARGV[7])
redis.call('HSET', KEYS[2], 'token', token, 'batch', '0', 'run', ARGV[5], 'shown', ARGV[6], 'clean', '0', 'whole', seamless)
redis.call('SET', KEYS[3], ARGV[1], 'PX', ARGV[2])
return {'OK', token, seamless}
`;

/**
 * Appends an entry and renews the lease. A repetition of an entry is confirmed again.
 * ARGV: token, batch, holder, lease in ms, the records, the id of the first entry that stays: the entry completes the
 * segment that starts there (empty: nothing is trimmed).
 * Returns OK; FENCED when another process leads; EMPTIED when Redis lacks entries that it has confirmed.
 */
export const APPEND = `${HEAD_STATE}
local known, batch = state(ARGV[1])
if known ~= 'OK' then return known end
local wanted = tonumber(ARGV[2])
if wanted <= batch then return 'OK' end
if wanted ~= batch + 1 then return 'EMPTIED' end
local added = redis.pcall('XADD', KEYS[1], ARGV[1] .. '-' .. ARGV[2], 'r1', ARGV[5])
if type(added) == 'table' and added.err then
  if string.find(added.err, 'equal or smaller') then return 'EMPTIED' end
  return added
end
redis.call('HSET', KEYS[2], 'batch', ARGV[2])
redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
if ARGV[6] ~= '' then
  redis.call('XTRIM', KEYS[1], 'MINID', ARGV[6])
  redis.call('HSET', KEYS[2], 'whole', '1')
end
return 'OK'
`;

/**
 * Renews the lease, unless the holder has given it back.
 * ARGV: token, holder, lease in ms, the id of the entry that starts the segment (empty: not checked).
 * Returns FENCED or EMPTIED as APPEND; TRIMMED when somebody has removed the start of the segment; or OK, with the last batch.
 */
export const RENEW = `${HEAD_STATE}
local known, batch = state(ARGV[1])
if known ~= 'OK' then return {known, '0'} end
if redis.call('HMGET', KEYS[2], 'clean')[1] == '1' then return {'OK', tostring(batch)} end
redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3])
if ARGV[4] ~= '' and #redis.call('XRANGE', KEYS[1], ARGV[4], ARGV[4]) == 0 then return {'TRIMMED', tostring(batch)} end
return {'OK', tostring(batch)}
`;

/** Gives the lease back after the last entry. ARGV: token, holder. */
export const RELEASE = `${HEAD_STATE}
if state(ARGV[1]) ~= 'OK' then return 'FENCED' end
redis.call('HSET', KEYS[2], 'clean', '1')
if redis.call('GET', KEYS[3]) == ARGV[2] then redis.call('DEL', KEYS[3]) end
return 'OK'
`;
