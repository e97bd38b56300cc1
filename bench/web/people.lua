-- wrk: asks for the paths of the file PATHS, one after the other in an order drawn from SEED.
local paths = {}
for line in io.lines(os.getenv("PATHS")) do
  paths[#paths + 1] = line
end
math.randomseed(tonumber(os.getenv("SEED") or "1"))

request = function()
  return wrk.format("GET", paths[math.random(#paths)])
end
