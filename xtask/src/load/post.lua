-- wrk: posts forms, one after the other. Environment:
--   BODIES  a file with one form a line
--   FIRST   the number of the line to begin with
--   AUTH    the Authorization header
--   EXPECT  the status of a good answer
local forms, at, wrong = {}, 0, 0
local wanted = tonumber(os.getenv("EXPECT"))
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init()
  for line in io.lines(os.getenv("BODIES")) do
    forms[#forms + 1] = line
  end
  at = (tonumber(os.getenv("FIRST")) or 0) % #forms
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  wrk.headers["Authorization"] = os.getenv("AUTH")
  bad = 0
end

function request()
  at = at % #forms + 1
  return wrk.format(nil, nil, nil, forms[at])
end

function response(status)
  if status ~= wanted then
    bad = bad + 1
  end
end

function done(summary, latency)
  for _, thread in ipairs(threads) do
    wrong = wrong + thread:get("bad")
  end
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, wrong,
    errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
end
