-- name:     who_stood_in
-- question: Which model stood in for which, and how often?
-- grain:    one row per model asked for and who served, the most requests first; NULL: no model did
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests, downgraded  count | cost_usd, planned_usd  USD
-- check:    requests add up to those of days_at_a_glance
-- reads:    the daily sums alone
SELECT "primary", served_by, sum(requests) AS requests, sum(downgraded) AS downgraded,
  sum(cost_nano_usd) / 1e9 AS cost_usd, sum(planned_nano_usd) / 1e9 AS planned_usd
FROM daily_by_model
WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY "primary", served_by
ORDER BY sum(requests) DESC, "primary", served_by
