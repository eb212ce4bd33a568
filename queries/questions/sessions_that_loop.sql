-- name:     sessions_that_loop
-- question: Which sessions made the most requests in one minute?
-- grain:    one row per tenant, session and minute, the busiest fifty
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests  count that started in the minute | cost_usd  USD
-- check:    none
-- reads:    every request of its days
-- takes:    43 s a month of 5 million requests
SELECT tenant_id, session_id, substr(started_at, 1, 16) AS minute, count(*) AS requests,
  sum(cost_nano_usd) / 1e9 AS cost_usd
FROM requests
WHERE session_id IS NOT NULL AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY tenant_id, session_id, minute
ORDER BY requests DESC, sum(cost_nano_usd) DESC, tenant_id, session_id, minute
LIMIT 50
