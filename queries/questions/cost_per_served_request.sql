-- name:     cost_per_served_request
-- question: What did each workflow cost per served request?
-- grain:    one row per workflow, the dearest in total first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests, served  count | cost_usd  USD | cost_per_served_usd  USD, NULL: none served
-- check:    requests and cost_usd add up to those of days_at_a_glance
-- reads:    sums of days alone
-- takes:    under 0.1 s
SELECT workflow, sum(requests) AS requests,
  sum(served_primary + served_fallback + served_cached + served_default) AS served,
  sum(cost_nano_usd) / 1e9 AS cost_usd,
  round(sum(cost_nano_usd) / 1e9
    / nullif(sum(served_primary + served_fallback + served_cached + served_default), 0), 9)
    AS cost_per_served_usd
FROM daily_by_workflow
WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY workflow
ORDER BY sum(cost_nano_usd) DESC, workflow
