-- name:     tenants_below_zero_margin
-- question: Which tenants cost more than they pay?
-- grain:    one row per tenant whose margin is negative, the worst first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests  count | revenue_usd, cost_usd, margin_usd, margin_impact_usd  USD; the last is
--           what fallback did
-- check:    margin_usd = revenue_usd - cost_usd
-- reads:    sums of days and months alone
-- takes:    under 0.1 s
WITH part AS (
  -- Whole months are read as such, other days one by one.
  SELECT tenant_id, requests, revenue_nano_usd, cost_nano_usd, margin_nano_usd, margin_impact_nano_usd
  FROM monthly_by_tenant
  WHERE first_day >= coalesce(:from, '0000') AND end_day <= coalesce(:to, '9999')
  UNION ALL
  SELECT tenant_id, requests, revenue_nano_usd, cost_nano_usd, margin_nano_usd, margin_impact_nano_usd
  FROM daily_by_tenant
  WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
    AND (date(day, 'start of month') < coalesce(:from, '0000')
      OR date(day, 'start of month', '+1 month') > coalesce(:to, '9999'))
)
SELECT tenant_id, sum(requests) AS requests, sum(revenue_nano_usd) / 1e9 AS revenue_usd,
  sum(cost_nano_usd) / 1e9 AS cost_usd, sum(margin_nano_usd) / 1e9 AS margin_usd,
  sum(margin_impact_nano_usd) / 1e9 AS margin_impact_usd
FROM part
GROUP BY tenant_id
HAVING sum(margin_nano_usd) < 0
ORDER BY sum(margin_nano_usd), tenant_id
