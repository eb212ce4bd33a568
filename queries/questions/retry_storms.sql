-- name:     retry_storms
-- question: In which minutes did one provider get the most calls that were not the first of their
--           request?
-- grain:    one row per minute and provider with at least :least such calls, the most first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- param:    least  count  calls of a minute that count as a storm; left out: 2
-- columns:  again, calls  count | cost_usd  USD of the calls that were not the first
-- check:    again <= calls
-- reads:    every attempt of its days
-- takes:    20 s a month of 5 million requests
SELECT substr(started_at, 1, 16) AS minute, provider, sum(attempt > 0) AS again, count(*) AS calls,
  sum(CASE WHEN attempt > 0 THEN cost_nano_usd ELSE 0 END) / 1e9 AS cost_usd
FROM attempts
WHERE action = 'model' AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY minute, provider
HAVING sum(attempt > 0) >= coalesce(:least, 2)
ORDER BY again DESC, minute, provider
LIMIT 50
