-- For wrk: asks for the lines of a file in turn (path, tab, ETag or nothing) and prints one line of JSON at the end.
local requests, number, threads = {}, 0, {}
answers, asexpected = 0, 0

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  for line in io.lines(arguments[1]) do
    local path, etag = line:match("^([^\t]*)\t(.*)$")
    table.insert(requests, wrk.format("GET", path, etag ~= "" and { ["If-None-Match"] = etag, ["Host"] = wrk.headers["Host"] } or nil))
  end
  if arguments[2] == "304" then -- counted only where it matters: wrk hands each answer over with all its headers
    response = function(status)
      answers = answers + 1
      if status == 304 then asexpected = asexpected + 1 end
    end
  end
end

function request()
  number = number % #requests + 1
  return requests[number]
end

function done(summary, latency)
  local all, expected = 0, 0
  for _, thread in ipairs(threads) do
    all, expected = all + thread:get("answers"), expected + thread:get("asexpected")
  end
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\n{"requests": %d, "seconds": %.6f, "p50": %.3f, "p95": %.3f, "unexpected": %d}\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000, failed + all - expected))
end
