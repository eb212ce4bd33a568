-- name:     fallbacks_that_made_money
-- question: Which fallbacks were cheaper than the plan, and by how much?
-- grain:    one row per model asked for and model that served in its place, the largest saving first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests  count | cost_usd, planned_usd, saved_usd  USD; saved is planned less cost
-- check:    saved_usd = planned_usd - cost_usd
-- reads:    sums of days and months alone
-- takes:    under 0.1 s
WITH part AS (
  -- Whole months are read as such, other days one by one.
  SELECT "primary", served_by, requests, cost_nano_usd, planned_nano_usd
  FROM monthly_by_model
  WHERE served_by <> "primary"
    AND first_day >= coalesce(:from, '0000') AND end_day <= coalesce(:to, '9999')
  UNION ALL
  SELECT "primary", served_by, requests, cost_nano_usd, planned_nano_usd
  FROM daily_by_model
  WHERE served_by <> "primary" AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
    AND (date(day, 'start of month') < coalesce(:from, '0000')
      OR date(day, 'start of month', '+1 month') > coalesce(:to, '9999'))
),
pair AS (
  SELECT "primary", served_by, sum(requests) AS requests, sum(cost_nano_usd) AS cost,
    sum(planned_nano_usd) AS planned
  FROM part
  GROUP BY "primary", served_by
)
SELECT "primary", served_by, requests, cost / 1e9 AS cost_usd, planned / 1e9 AS planned_usd,
  (planned - cost) / 1e9 AS saved_usd
FROM pair
WHERE planned > cost
ORDER BY planned - cost DESC, "primary", served_by
