-- name:     unanswered_requests
-- question: Which requests got no answer, and what was lost?
-- grain:    one row per failed or rejected request, the dearest loss first, a hundred at most
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  started_at  UTC time | attempts  count | lost_usd, cost_usd  USD
-- check:    none
-- reads:    every request of its days
-- takes:    2.5 s a month of 5 million requests
SELECT request_id, started_at, tenant_id, workflow, "primary", status, attempts,
  revenue_nano_usd / 1e9 AS lost_usd, cost_nano_usd / 1e9 AS cost_usd
FROM requests
WHERE status IN ('failed', 'rejected') AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
ORDER BY revenue_nano_usd DESC, started_at, request_id
LIMIT 100
