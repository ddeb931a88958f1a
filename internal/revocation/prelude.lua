-- KEYS of every script: 1 {rev}:gen, 2 {rev}:set, 3 {rev}:users, 4 {rev}:log, 5 {rev}:gateways

local function milliseconds()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

-- begin starts a generation: entries are counted from the start again, and no gateway is known in it.
local function begin(id)
  redis.call('DEL', KEYS[1], KEYS[4], KEYS[5])
  redis.call('HSET', KEYS[1], 'id', id, 'born', milliseconds(), 'seq', 0)
end

-- generation gives the id and the number of the last entry, and begins with the id offered where there is none.
local function generation(offered)
  if redis.call('EXISTS', KEYS[1]) == 0 then
    begin(offered)
  end
  local g = redis.call('HMGET', KEYS[1], 'id', 'seq')
  return g[1], tonumber(g[2])
end
