-- Adds entries to the list and to its log, in one step.
-- ARGV: the id of a new generation; the scores below which entries of {rev}:set and of {rev}:users may go; then for each
-- entry: its key (2 or 3), its member, its score.
-- Returns: the id of the generation; the number of the last entry; how old the generation is, in milliseconds; the gateways
-- that must acknowledge.
local id, seq = generation(ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', '(' .. ARGV[3])
for i = 4, #ARGV, 3 do
  local key = KEYS[tonumber(ARGV[i])]
  redis.call('ZADD', key, 'GT', ARGV[i + 2], ARGV[i + 1])
  seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', 10000, seq .. '-0', 'key', ARGV[i], 'member', ARGV[i + 1], 'score', ARGV[i + 2])
end
local age = milliseconds() - tonumber(redis.call('HGET', KEYS[1], 'born'))
return {id, seq, age, redis.call('HKEYS', KEYS[5])}
