-- name:     dearest_tenants
-- question: Which tenants cost the most, and what share of all is that?
-- grain:    one row per tenant, the dearest first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests  count | cost_usd  USD | share, running_share  0 to 1: of all cost, alone and
--           with those above
-- check:    running_share ends at 1
-- reads:    sums of days and months alone
-- takes:    under 0.1 s
WITH part AS (
  -- Whole months are read as such, other days one by one.
  SELECT tenant_id, requests, cost_nano_usd
  FROM monthly_by_tenant
  WHERE first_day >= coalesce(:from, '0000') AND end_day <= coalesce(:to, '9999')
  UNION ALL
  SELECT tenant_id, requests, cost_nano_usd
  FROM daily_by_tenant
  WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
    AND (date(day, 'start of month') < coalesce(:from, '0000')
      OR date(day, 'start of month', '+1 month') > coalesce(:to, '9999'))
),
spent AS (
  SELECT tenant_id, sum(requests) AS requests, sum(cost_nano_usd) AS cost
  FROM part
  GROUP BY tenant_id
)
SELECT tenant_id, requests, cost / 1e9 AS cost_usd,
  round(1.0 * cost / nullif(sum(cost) OVER (), 0), 4) AS share,
  round(1.0 * sum(cost) OVER (ORDER BY cost DESC, tenant_id) / nullif(sum(cost) OVER (), 0), 4)
    AS running_share
FROM spent
ORDER BY cost DESC, tenant_id
