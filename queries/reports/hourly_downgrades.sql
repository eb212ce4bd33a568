-- name:     hourly_downgrades
-- question: How many requests started in each hour, and how many of them got a lesser answer?
-- grain:    one row per hour with requests
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  hour  hours since 1970, UTC | requests, downgraded  count
-- check:    adds up to downgrades.sql over the same days
SELECT hour, requests, downgraded
FROM hourly_request
WHERE hour >= coalesce(strftime('%s', :from) / 3600, -24000000)
  AND hour < coalesce(strftime('%s', :to) / 3600, 24000000)
ORDER BY hour
