-- ARGV: the id of a new generation. Returns: id, number of the last entry.
local id, seq = generation(ARGV[1])
return {id, seq}
