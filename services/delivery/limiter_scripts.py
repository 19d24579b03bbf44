"""Lua that runs inside Redis. Times are microseconds; `%.0f`, as Lua prints large numbers in scientific form."""

NOW = """
local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local function digits(number) return string.format('%.0f', number) end
"""

# Returns {verdict, wait}: 0 granted, 1 refused everywhere, 2 refused in this chat.
ASK = (
    NOW
    + """
local gap, horizon, period, tolerance = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local group_calls, window, preview_period = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local function at(key) return tonumber(redis.call('GET', key) or '0') end
local function keep(key, moment) redis.call('SET', key, digits(moment), 'PX', digits((moment - now) / 1000 + 60000)) end

local frozen = at(KEYS[2]) - now
if frozen > 0 then return {1, digits(frozen)} end
frozen = at(KEYS[3]) - now
if frozen > 0 then return {2, digits(frozen)} end

local next_in_chat = math.max(at(KEYS[4]), now)
if next_in_chat - tolerance > now then return {2, digits(next_in_chat - tolerance - now)} end

if group_calls > 0 then
  redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', digits(now - window))
  local calls = redis.call('ZCARD', KEYS[5])
  if calls >= group_calls then
    local leaving = redis.call('ZRANGE', KEYS[5], calls - group_calls, calls - group_calls, 'WITHSCORES')
    return {2, digits(tonumber(leaving[2]) + window - now + 1)}
  end
  if preview_period > 0 then
    local next_preview = at(KEYS[6])
    if next_preview > now then return {2, digits(next_preview - now)} end
  end
end

local slot = now
if gap > 0 then
  slot = math.max(at(KEYS[1]), now)
  if slot - now > horizon then return {1, digits(slot - now - horizon + 1)} end
  keep(KEYS[1], slot + gap)
end
keep(KEYS[4], math.max(next_in_chat, slot) + period)
if group_calls > 0 then
  redis.call('ZADD', KEYS[5], digits(slot), ARGV[9])
  redis.call('PEXPIRE', KEYS[5], digits((slot - now + window) / 1000 + 60000))
  if preview_period > 0 then keep(KEYS[6], slot + preview_period) end
end
return {0, digits(slot - now)}
"""
)

FREEZE = (
    NOW
    + """
local moment = now + tonumber(ARGV[2])
if moment > tonumber(redis.call('GET', KEYS[1]) or '0') then
  redis.call('SET', KEYS[1], digits(moment), 'PX', digits(tonumber(ARGV[2]) / 1000 + 60000))
end
return 1
"""
)
