-- name:     fallbacks_that_made_money
-- question: Which fallbacks were cheaper than the plan, and by how much?
-- grain:    one row per model asked for and model that served in its place, the largest saving first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests  count | cost_usd, planned_usd, saved_usd  USD; saved is planned less cost
-- check:    saved_usd = planned_usd - cost_usd
-- reads:    the daily sums alone
WITH pair AS (
  SELECT "primary", served_by, sum(requests) AS requests, sum(cost_nano_usd) AS cost,
    sum(planned_nano_usd) AS planned
  FROM daily_by_model
  WHERE served_fallback > 0 AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
  GROUP BY "primary", served_by
)
SELECT "primary", served_by, requests, cost / 1e9 AS cost_usd, planned / 1e9 AS planned_usd,
  (planned - cost) / 1e9 AS saved_usd
FROM pair
WHERE planned > cost
ORDER BY planned - cost DESC, "primary", served_by
