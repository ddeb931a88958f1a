-- Forgets gateways that have not applied an entry although no lease from before it can hold any more; each registers
-- again with its next lease. ARGV: the number of the entry, then the gateways.
for i = 2, #ARGV do
  local applied = redis.call('HGET', KEYS[5], ARGV[i])
  if applied and tonumber(applied) < tonumber(ARGV[1]) then
    redis.call('HDEL', KEYS[5], ARGV[i])
  end
end
return 0
