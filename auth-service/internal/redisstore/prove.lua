-- Notes when the password of a session's user was proved, if there is such a session.
-- KEYS: the session. ARGV: the time of the proof (milliseconds).
-- Returns: the session's fields, or nothing.
local s = redis.call('HMGET', KEYS[1], 'subject', 'epoch', 'created', 'seen', 'auth', 'address', 'agent', 'reused')
if not s[1] or s[8] then
  return {}
end
if tonumber(ARGV[1]) > tonumber(s[5]) then
  redis.call('HSET', KEYS[1], 'auth', ARGV[1])
  s[5] = ARGV[1]
end
return {s[1], s[2] or '0', s[3], s[4], s[5], s[6], s[7]}
