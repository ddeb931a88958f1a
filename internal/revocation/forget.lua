-- Forgets gateways that have not applied an entry although no lease from before it can hold any more; each registers
-- again with its next lease. ARGV: the generation of the entry, its number, then the gateways.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return 0 -- who is known now was registered after the entry
end
for i = 3, #ARGV do
  local applied = redis.call('HGET', KEYS[5], ARGV[i])
  if applied and tonumber(applied) < tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[5], ARGV[i])
  end
end
return 0
