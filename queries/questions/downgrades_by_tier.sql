-- name:     downgrades_by_tier
-- question: Do tiers get what they pay for?
-- grain:    one row per tier, the most downgraded first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests, downgraded, unanswered  count | downgraded_share  0 to 1
-- check:    requests add up to those of days_at_a_glance
-- reads:    the daily sums alone: a fraction of a second (scripts/bench reports)
SELECT tenant_tier, sum(requests) AS requests, sum(downgraded) AS downgraded,
  sum(failed + rejected) AS unanswered,
  round(1.0 * sum(downgraded) / sum(requests), 4) AS downgraded_share
FROM daily_by_tenant
WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY tenant_tier
ORDER BY 1.0 * sum(downgraded) / sum(requests) DESC, tenant_tier
