-- Puts mails that are due again back on the queue, in one atomic step.
-- KEYS: the queue, the mails that wait. ARGV: now (milliseconds), how many at most, the bound of the queue.
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, mail in ipairs(due) do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', unpack(cjson.decode(mail)))
  redis.call('ZREM', KEYS[2], mail)
end
return #due
