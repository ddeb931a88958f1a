-- ARGV: the gateway, its generation, the last entry that it has applied. A gateway without a lease has nothing to say.
if redis.call('HGET', KEYS[1], 'id') == ARGV[2] and redis.call('HEXISTS', KEYS[5], ARGV[1]) == 1 then
  redis.call('HSET', KEYS[5], ARGV[1], ARGV[3])
end
return 0
