-- name:     tenants_below_zero_margin
-- question: Which tenants cost more than they pay?
-- grain:    one row per tenant whose margin is negative, the worst first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests  count | revenue_usd, cost_usd, margin_usd, margin_impact_usd  USD; the last is
--           what fallback did
-- check:    margin_usd = revenue_usd - cost_usd
-- reads:    the daily sums alone: a fraction of a second (scripts/bench reports)
SELECT tenant_id, sum(requests) AS requests, sum(revenue_nano_usd) / 1e9 AS revenue_usd,
  sum(cost_nano_usd) / 1e9 AS cost_usd, sum(margin_nano_usd) / 1e9 AS margin_usd,
  sum(margin_impact_nano_usd) / 1e9 AS margin_impact_usd
FROM daily_by_tenant
WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY tenant_id
HAVING sum(margin_nano_usd) < 0
ORDER BY sum(margin_nano_usd), tenant_id
