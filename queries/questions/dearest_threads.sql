-- name:     dearest_threads
-- question: Which threads cost the most?
-- grain:    one row per tenant and thread, the fifty dearest
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests, attempts  count | cost_usd, wasted_usd  USD | first_at, last_at  UTC time
-- check:    none: most threads are not listed
-- reads:    every request of its days
-- takes:    45 s a month of 5 million requests
SELECT tenant_id, thread_id, count(*) AS requests, sum(attempts) AS attempts,
  sum(cost_nano_usd) / 1e9 AS cost_usd, sum(wasted_nano_usd) / 1e9 AS wasted_usd,
  min(started_at) AS first_at, max(started_at) AS last_at
FROM requests
WHERE thread_id IS NOT NULL AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY tenant_id, thread_id
ORDER BY sum(cost_nano_usd) DESC, tenant_id, thread_id
LIMIT 50
