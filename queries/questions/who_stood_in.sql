-- name:     who_stood_in
-- question: Which model stood in for which, and how often?
-- grain:    one row per model asked for and who served, the most requests first; NULL: no model did
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests, downgraded  count | cost_usd, planned_usd  USD
-- check:    requests add up to those of days_at_a_glance
-- reads:    sums of days and months alone
-- takes:    under 0.1 s
WITH part AS (
  -- Whole months are read as such, other days one by one.
  SELECT "primary", served_by, requests, downgraded, cost_nano_usd, planned_nano_usd
  FROM monthly_by_model
  WHERE first_day >= coalesce(:from, '0000') AND end_day <= coalesce(:to, '9999')
  UNION ALL
  SELECT "primary", served_by, requests, downgraded, cost_nano_usd, planned_nano_usd
  FROM daily_by_model
  WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
    AND (date(day, 'start of month') < coalesce(:from, '0000')
      OR date(day, 'start of month', '+1 month') > coalesce(:to, '9999'))
)
SELECT "primary", served_by, sum(requests) AS requests, sum(downgraded) AS downgraded,
  sum(cost_nano_usd) / 1e9 AS cost_usd, sum(planned_nano_usd) / 1e9 AS planned_usd
FROM part
GROUP BY "primary", served_by
ORDER BY sum(requests) DESC, "primary", served_by
