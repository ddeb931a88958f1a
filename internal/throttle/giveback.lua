-- Takes one charge back from a key, in one atomic step.
-- KEYS: the key. ARGV: as for take.lua.
local now, every, margin = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4])

local due = tonumber(redis.call('GET', KEYS[1]) or 0) - every
if due > now then
  redis.call('SET', KEYS[1], due, 'PX', due - now + margin)
else
  redis.call('DEL', KEYS[1])
end
return 0
