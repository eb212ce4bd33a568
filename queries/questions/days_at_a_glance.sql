-- name:     days_at_a_glance
-- question: What happened each day?
-- grain:    one row per day with requests
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests, served, downgraded, unanswered  count; unanswered: failed or rejected |
--           cost_usd, wasted_usd, margin_usd, margin_impact_usd  USD
-- check:    requests and cost_usd add up to those of the summary
-- reads:    sums of days alone
-- takes:    under 0.1 s
SELECT day, sum(requests) AS requests,
  sum(served_primary + served_fallback + served_cached + served_default) AS served,
  sum(downgraded) AS downgraded, sum(failed + rejected) AS unanswered,
  sum(cost_nano_usd) / 1e9 AS cost_usd, sum(wasted_nano_usd) / 1e9 AS wasted_usd,
  sum(margin_nano_usd) / 1e9 AS margin_usd,
  sum(margin_impact_nano_usd) / 1e9 AS margin_impact_usd
FROM daily_by_workflow
WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY day
ORDER BY day
