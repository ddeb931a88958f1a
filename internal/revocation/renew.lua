-- Asks for a lease. ARGV: the id of a new generation, the gateway, its generation, the last entry that it has applied.
-- Returns: 'granted', 'behind', or 'reseed' when the copy is of another generation.
local id, seq = generation(ARGV[1])
local applied = tonumber(ARGV[4])
if id == ARGV[3] and applied > seq then
  begin(ARGV[1]) -- the list has lost entries that this gateway has seen
  return 'reseed'
end
if id ~= ARGV[3] then
  return 'reseed'
end
if applied < seq then
  return 'behind'
end
redis.call('HSET', KEYS[5], ARGV[2], applied)
return 'granted'
