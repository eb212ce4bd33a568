-- name:     downgrades_by_tier
-- question: Do tiers get what they pay for?
-- grain:    one row per tier, the most downgraded first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests, downgraded, unanswered  count | downgraded_share  0 to 1
-- check:    requests add up to those of days_at_a_glance
-- reads:    sums of days and months alone
-- takes:    under 0.1 s
WITH part AS (
  -- Whole months are read as such, other days one by one.
  SELECT tenant_tier, requests, downgraded, failed, rejected
  FROM monthly_by_tenant
  WHERE first_day >= coalesce(:from, '0000') AND end_day <= coalesce(:to, '9999')
  UNION ALL
  SELECT tenant_tier, requests, downgraded, failed, rejected
  FROM daily_by_tenant
  WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
    AND (date(day, 'start of month') < coalesce(:from, '0000')
      OR date(day, 'start of month', '+1 month') > coalesce(:to, '9999'))
)
SELECT tenant_tier, sum(requests) AS requests, sum(downgraded) AS downgraded,
  sum(failed + rejected) AS unanswered,
  round(1.0 * sum(downgraded) / sum(requests), 4) AS downgraded_share
FROM part
GROUP BY tenant_tier
ORDER BY 1.0 * sum(downgraded) / sum(requests) DESC, tenant_tier
