-- Charges an attempt to a key, in one atomic step.
-- KEYS: the key. ARGV: now, interval (milliseconds), burst, how much longer than needed the key stays (milliseconds).
-- Returns: 0 when it was charged, else how long to wait (milliseconds).
local now, every, burst, margin = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local due = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + every
local wait = due - now - burst * every
if wait > 0 then
  return wait
end
redis.call('SET', KEYS[1], due, 'PX', due - now + margin)
return 0
