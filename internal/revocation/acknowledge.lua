-- ARGV: the gateway, its generation, the last entry that it has applied. A gateway without a lease has nothing to say, and a
-- late message takes nothing back.
local known = redis.call('HGET', KEYS[5], ARGV[1])
if known and redis.call('HGET', KEYS[1], 'id') == ARGV[2] and tonumber(ARGV[3]) > tonumber(known) then
  redis.call('HSET', KEYS[5], ARGV[1], ARGV[3])
end
return 0
