-- ARGV: the generation in which a revoker waits, the number of its entry, then the gateways that it waits for.
-- Returns: those that have not acknowledged. In another generation nobody is known, and nobody has.
local left = {}
local same = redis.call('HGET', KEYS[1], 'id') == ARGV[1]
for i = 3, #ARGV do
  local applied = redis.call('HGET', KEYS[5], ARGV[i])
  if not same or applied and tonumber(applied) < tonumber(ARGV[2]) then
    left[#left + 1] = ARGV[i]
  end
end
return left
