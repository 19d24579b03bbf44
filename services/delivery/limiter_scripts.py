"""Lua that runs inside Redis. Times are microseconds; `%.0f`, as Lua prints large numbers in scientific form.

Every script begins alike: KEYS[1] epoch, KEYS[2] penalties; ARGV[1] the time (0: the server's clock), ARGV[2] the
epoch that the caller knows, ARGV[3] an epoch to begin where there is none, ARGV[4] how long everybody settles then.
All answer {verdict, wait, now, epoch}: 0 granted, 1 refused everywhere, 2 refused in this chat, 3 the caller knows
another epoch and must first say what it remembers.
"""

BEGIN = """
local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local function digits(number) return string.format('%.0f', number) end
local function at(key) return tonumber(redis.call('GET', key) or '0') end
local function keep(key, moment) redis.call('SET', key, digits(moment), 'PX', digits((moment - now) / 1000 + 60000)) end
local function penalty(chat) return tonumber(redis.call('ZSCORE', KEYS[2], chat) or '0') - now end
local epoch = redis.call('GET', KEYS[1])
if not epoch then
  epoch = ARGV[3]
  redis.call('SET', KEYS[1], epoch)
  redis.call('ZADD', KEYS[2], digits(now + tonumber(ARGV[4])), 'all')
end
local function answer(verdict, wait) return {verdict, digits(wait), digits(now), epoch} end
if epoch ~= ARGV[2] then return answer(3, 0) end
"""

# KEYS: 3 all calls, 4 pace, 5 caution, 6 calls of the chat, 7 last preview, 8 expected final, 9 last draft.
ASK = (
    BEGIN
    + """
local chat, name = ARGV[5], ARGV[6]
local gap, horizon, catch_up, closest = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local most, window = tonumber(ARGV[11]), tonumber(ARGV[12])
local chat_calls, kept, chat_window = tonumber(ARGV[13]), tonumber(ARGV[14]), tonumber(ARGV[15])
local spacing, preview_period, draft_period = tonumber(ARGV[16]), tonumber(ARGV[17]), tonumber(ARGV[18])

local frozen, frozen_here = penalty('all'), penalty(chat)
if frozen_here > 0 then return answer(2, math.max(frozen, frozen_here)) end
if frozen > 0 then return answer(1, frozen) end

if draft_period > 0 then
  local next_draft = at(KEYS[9])
  if next_draft > now then return answer(2, next_draft - now) end
  keep(KEYS[9], now + draft_period)
  return answer(0, 0)
end

redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', digits(now - chat_window))
local calls = redis.call('ZCARD', KEYS[6])
local expected = kept > 0 and at(KEYS[8]) or 0
local most_here = chat_calls
if expected > now then most_here = chat_calls - kept end
local wait = 0
if calls >= most_here then
  local leaving = redis.call('ZRANGE', KEYS[6], calls - most_here, calls - most_here, 'WITHSCORES')
  wait = tonumber(leaving[2]) + chat_window - now + 1
  if calls < chat_calls then wait = math.min(wait, expected - now) end
end
if calls > 0 then
  local last = redis.call('ZRANGE', KEYS[6], -1, -1, 'WITHSCORES')
  wait = math.max(wait, tonumber(last[2]) + spacing - now)
end
if preview_period > 0 then wait = math.max(wait, at(KEYS[7]) + preview_period - now) end
if wait > 0 then return answer(2, wait) end

if now < at(KEYS[5]) then
  gap = gap * 2
  most = math.floor(most / 2)
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', digits(now - window))
local all = redis.call('ZCARD', KEYS[3])
local pace = at(KEYS[4])
if pace < now - catch_up then pace = now end  -- after a rest nothing is to be made good
local slot = math.max(pace, now)
if all > 0 then
  local last = redis.call('ZRANGE', KEYS[3], -1, -1, 'WITHSCORES')
  slot = math.max(slot, tonumber(last[2]) + closest)
end
if all >= most then
  local leaving = redis.call('ZRANGE', KEYS[3], all - most, all - most, 'WITHSCORES')
  slot = math.max(slot, tonumber(leaving[2]) + window + 1)
end
if slot - now > horizon then return answer(1, slot - now - horizon + 1) end
keep(KEYS[4], math.max(pace, slot - catch_up) + gap)
redis.call('ZADD', KEYS[3], digits(slot), name)
redis.call('PEXPIRE', KEYS[3], 60000)
redis.call('ZADD', KEYS[6], digits(slot), name)
redis.call('PEXPIRE', KEYS[6], digits(chat_window / 1000 + 60000))
if preview_period > 0 then keep(KEYS[7], slot) end
return answer(0, slot - now)
"""
)

# KEYS: 3 all calls, 4 calls of the chat. The call arrived later than its slot: the windows count it where it was.
SHIFT = (
    BEGIN
    + """
for index = 3, 4 do
  local slot = redis.call('ZSCORE', KEYS[index], ARGV[5])
  if slot then redis.call('ZADD', KEYS[index], digits(tonumber(slot) + tonumber(ARGV[6])), ARGV[5]) end
end
return answer(0, 0)
"""
)

FREEZE = (
    BEGIN
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', digits(now))
redis.call('ZADD', KEYS[2], 'GT', digits(now + tonumber(ARGV[6])), ARGV[5])
return answer(0, 0)
"""
)

# How long the chat's penalty lasts.
FROZEN = BEGIN + "return answer(0, math.max(0, penalty('all'), penalty(ARGV[5])))"

# KEYS: 3 expected final.
EXPECT = BEGIN + "keep(KEYS[3], now + tonumber(ARGV[5])) return answer(0, 0)"

# Every penalty, as {…, chat, end, chat, end}.
GREET = (
    BEGIN
    + """
local told = answer(0, 0)
for _, word in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], digits(now), '+inf', 'WITHSCORES')) do
  table.insert(told, word)
end
return told
"""
)
