-- name:     price_of_a_bad_hour
-- question: What did each hour in which a provider was failing cost over the plan?
-- grain:    one row per provider and hour in which at least :least of its calls failed, and half of
--           all
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- param:    least  count  failures of an hour that make it bad; left out: 3
-- columns:  calls, failures, requests  count; requests asked for it in that hour | cost_usd,
--           planned_usd, premium_usd, lost_usd  USD; lost is the revenue of those that failed or
--           were rejected
-- check:    premium_usd = cost_usd - planned_usd
-- reads:    every attempt of its days
-- takes:    25 s a month of 5 million requests
WITH bad AS (
  SELECT provider, substr(started_at, 1, 13) AS hour, count(*) AS calls,
    sum(outcome = 'failure') AS failures
  FROM attempts
  WHERE action = 'model' AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
  GROUP BY provider, hour
  HAVING failures >= coalesce(:least, 3) AND failures * 2 >= calls
),
asked AS (
  SELECT substr("primary", 1, instr("primary", '/') - 1) AS provider,
    substr(started_at, 1, 13) AS hour, count(*) AS requests, sum(cost_nano_usd) AS cost,
    sum(planned_nano_usd) AS planned,
    sum(CASE WHEN status IN ('failed', 'rejected') THEN revenue_nano_usd ELSE 0 END) AS lost
  FROM requests
  WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
  GROUP BY 1, 2
)
SELECT b.provider, b.hour, b.calls, b.failures, a.requests, a.cost / 1e9 AS cost_usd,
  a.planned / 1e9 AS planned_usd, (a.cost - a.planned) / 1e9 AS premium_usd,
  a.lost / 1e9 AS lost_usd
FROM bad b LEFT JOIN asked a ON a.provider = b.provider AND a.hour = b.hour
ORDER BY b.hour, b.provider
