-- Lets a session into its user's index, or refuses it because its epoch is over, in one atomic step.
-- KEYS: the user's epoch, the user's index. ARGV: epoch, sid and absolute end of the session, now, absolute limit
-- (milliseconds).
-- Returns: 1, or 0 when it is refused.
local latest = redis.call('GET', KEYS[1])
if latest and tonumber(latest) > tonumber(ARGV[1]) then
  return 0
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 1
