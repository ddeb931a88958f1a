-- Offers a refresh counter to a session, in one atomic step.
-- KEYS: the session. ARGV: counter offered, now, grace, idle limit, absolute limit (milliseconds), epoch of the user.
-- Returns: the session.Outcome alone or, when it is rotated or repeated, followed by the counter and the session's fields.
local offered, now, grace = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local idle, absolute = tonumber(ARGV[4]), tonumber(ARGV[5])

local s = redis.call('HMGET', KEYS[1], 'subject', 'epoch', 'created', 'seen', 'auth', 'address', 'agent',
  'counter', 'rotated', 'reused')
if not s[1] then
  return {'gone'}
end
local created, seen, counter = tonumber(s[3]), tonumber(s[4]), tonumber(s[8])

-- When the counters before this one were rotated, the latest first. Those of the grace are kept: a request may be overtaken
-- by several rotations on its way.
local rotations = {}
for t in string.gmatch(s[9], '%d+') do
  rotations[#rotations + 1] = tonumber(t)
end
local function kept()
  local list = {now}
  for _, t in ipairs(rotations) do
    if now - t <= grace and #list < 64 then
      list[#list + 1] = t
    end
  end
  return table.concat(list, ' ')
end
local function within_grace()
  local t = rotations[counter - offered]
  return t and now - t <= grace
end

if now >= created + absolute or now >= seen + idle then
  redis.call('DEL', KEYS[1])
  return {'gone'}
end

if s[10] then
  return {'reused'} -- and nobody has ended it yet
end

local outcome
if offered == counter then
  outcome, counter = 'rotated', counter + 1
  redis.call('HSET', KEYS[1], 'counter', counter, 'rotated', kept(), 'seen', now)
  s[4] = ARGV[2]
  redis.call('PEXPIRE', KEYS[1], math.min(idle, created + absolute - now))
elseif offered < counter and within_grace() then
  outcome = 'repeated'
elseif offered > counter then
  return {'gone'} -- the store lost writes; the holder signs in again
else
  redis.call('HSET', KEYS[1], 'reused', now)
  return {'reused'}
end

-- Never down: of two refreshes at once the one that knew less may come last.
s[2] = s[2] or '0'
if tonumber(ARGV[6]) > tonumber(s[2]) then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[6])
  s[2] = ARGV[6]
end
return {outcome, tostring(counter), s[1], s[2], s[3], s[4], s[5], s[6], s[7]}
