-- name:     hourly_downgrades
-- question: How many requests started in each hour, and how many of them got a lesser answer?
-- grain:    one row per hour with requests
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  hour  hours since 1970, UTC | requests, downgraded  count
-- check:    adds up to downgrades.sql over the same days
SELECT started_ms / 3600000 AS hour, count(*) AS requests, sum(is_downgraded) AS downgraded
FROM request
WHERE day >= coalesce(strftime('%s', :from) / 86400, -1000000)
  AND day < coalesce(strftime('%s', :to) / 86400, 1000000)
GROUP BY started_ms / 3600000
ORDER BY hour
