-- name:     busiest_hours
-- question: At which hours of the day do requests come, fail and fall back?
-- grain:    one row per UTC hour of the day with requests
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests, fallbacks, unanswered  count | cost_usd  USD
-- check:    requests add up to those of days_at_a_glance
-- reads:    every request of its days
-- takes:    10 s a month of 5 million requests
SELECT substr(started_at, 12, 2) AS hour, count(*) AS requests,
  sum(status = 'served_fallback') AS fallbacks, sum(status IN ('failed', 'rejected')) AS unanswered,
  sum(cost_nano_usd) / 1e9 AS cost_usd
FROM requests
WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY hour
ORDER BY hour
