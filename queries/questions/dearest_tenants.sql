-- name:     dearest_tenants
-- question: Which tenants cost the most, and what share of all is that?
-- grain:    one row per tenant, the dearest first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests  count | cost_usd  USD | share, running_share  0 to 1: of all cost, alone and
--           with those above
-- check:    running_share ends at 1
-- reads:    the daily sums alone: a fraction of a second (scripts/bench reports)
WITH spent AS (
  SELECT tenant_id, sum(requests) AS requests, sum(cost_nano_usd) AS cost
  FROM daily_by_tenant
  WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
  GROUP BY tenant_id
)
SELECT tenant_id, requests, cost / 1e9 AS cost_usd,
  round(1.0 * cost / nullif(sum(cost) OVER (), 0), 4) AS share,
  round(1.0 * sum(cost) OVER (ORDER BY cost DESC, tenant_id) / nullif(sum(cost) OVER (), 0), 4)
    AS running_share
FROM spent
ORDER BY cost DESC, tenant_id
