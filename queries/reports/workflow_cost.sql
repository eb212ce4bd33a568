-- name:     workflow_cost
-- question: What did each workflow cost, what of it was wasted, and how is that against the plan, the
--           days before and the week before?
-- grain:    one row per workflow (NULL: requests that name none)
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  requests, served, unplanned, unpriced_attempts  count | cost, wasted, planned, revenue,
--           before, week_before  nano-USD; before: the cost of as many days before :from, week_before:
--           of the same days a week earlier, both NULL where an end is open
-- check:    requests and cost add up to those of summary.sql over the same days
WITH span AS (
  SELECT coalesce(strftime('%s', :from) / 86400, -1000000) AS first,
    coalesce(strftime('%s', :to) / 86400, 1000000) AS last,
    strftime('%s', :to) / 86400 - strftime('%s', :from) / 86400 AS days
),
part AS (
  SELECT a, requests, served_primary + served_fallback + served_cached + served_default AS served,
    unplanned, unpriced_attempts, cost_nano_usd AS cost,
    cost_nano_usd - serving_cost_nano_usd AS wasted, planned_nano_usd AS planned,
    served_revenue_nano_usd AS revenue, 0 AS before, 0 AS week_before
  FROM daily_part WHERE cut = 1 AND day >= (SELECT first FROM span) AND day < (SELECT last FROM span)
  UNION ALL
  SELECT a, 0, 0, 0, 0, 0, 0, 0, 0, cost_nano_usd, 0
  FROM daily_sum
  WHERE cut = 1 AND day >= (SELECT first - days FROM span) AND day < (SELECT last - days FROM span)
  UNION ALL
  SELECT a, 0, 0, 0, 0, 0, 0, 0, 0, 0, cost_nano_usd
  FROM daily_sum
  WHERE cut = 1 AND day >= (SELECT first - 7 + 0 * days FROM span)
    AND day < (SELECT last - 7 + 0 * days FROM span)
)
SELECT w.name AS workflow, sum(requests) AS requests, sum(served) AS served,
  sum(unplanned) AS unplanned, sum(unpriced_attempts) AS unpriced_attempts,
  sum(cost) AS cost_nano_usd, sum(wasted) AS wasted_nano_usd, sum(planned) AS planned_nano_usd,
  sum(revenue) AS revenue_nano_usd,
  iif((SELECT days FROM span) IS NULL, NULL, sum(before)) AS before_nano_usd,
  iif((SELECT days FROM span) IS NULL, NULL, sum(week_before)) AS week_before_nano_usd
FROM part LEFT JOIN workflow w ON w.id = part.a
GROUP BY part.a
ORDER BY cost_nano_usd DESC, workflow
