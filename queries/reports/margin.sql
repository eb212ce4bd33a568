-- name:     margin
-- question: How did the margin come from planned to actual, by tenant and by workflow?
-- grain:    one row per field and value, the worst impact first; the field `all` has one row, the total
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  requests, unplanned  count | revenue (of served), cost and the terms of events.md,
--           "Margin", in nano-USD; impact: actual less planned margin
-- check:    planned + lost + deferred + retry waste + route price + avoided = actual = revenue - cost,
--           per row; the rows of each field add up to those of `all`
WITH part AS (
  SELECT cut, a, requests, unplanned, served_revenue_nano_usd AS revenue,
    deferred_revenue_nano_usd AS deferred, lost_revenue_nano_usd AS lost, cost_nano_usd AS cost,
    serving_cost_nano_usd AS serving, planned_nano_usd AS planned, avoided_nano_usd AS avoided
  FROM daily_part
  WHERE cut IN (1, 2) AND day >= coalesce(strftime('%s', :from) / 86400, -1000000)
    AND day < coalesce(strftime('%s', :to) / 86400, 1000000)
),
sums AS (
  SELECT cut, a, sum(requests) AS requests, sum(unplanned) AS unplanned, sum(revenue) AS revenue,
    sum(deferred) AS deferred, sum(lost) AS lost, sum(cost) AS cost, sum(serving) AS serving,
    sum(planned) AS planned, sum(avoided) AS avoided
  FROM part GROUP BY cut, a
),
field AS (
  SELECT 1 AS place, 'all' AS field, NULL AS value, sum(requests) AS requests,
    sum(unplanned) AS unplanned, sum(revenue) AS revenue, sum(deferred) AS deferred,
    sum(lost) AS lost, sum(cost) AS cost, sum(serving) AS serving, sum(planned) AS planned,
    sum(avoided) AS avoided
  FROM sums WHERE cut = 2 HAVING count(*) > 0
  UNION ALL
  SELECT 2, 'tenant_id', tenant.name, requests, unplanned, revenue, deferred, lost, cost, serving,
    planned, avoided
  FROM sums JOIN tenant ON tenant.id = a WHERE cut = 2
  UNION ALL
  SELECT 3, 'workflow', workflow.name, requests, unplanned, revenue, deferred, lost, cost, serving,
    planned, avoided
  FROM sums LEFT JOIN workflow ON workflow.id = a WHERE cut = 1
)
SELECT field, value, requests, unplanned, revenue AS revenue_nano_usd, cost AS cost_nano_usd,
  revenue + deferred + lost - planned AS planned_margin_nano_usd,
  -lost AS lost_revenue_nano_usd, -deferred AS deferred_revenue_nano_usd,
  -(cost - serving) AS retry_waste_nano_usd,
  planned - avoided - serving AS route_price_effect_nano_usd, avoided AS avoided_cost_nano_usd,
  revenue - cost AS actual_margin_nano_usd,
  planned - cost - lost - deferred AS impact_nano_usd
FROM field
ORDER BY place, impact_nano_usd, value
