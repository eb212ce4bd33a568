-- name:     margin_bridge
-- promise:  planned margin and the steps from it add up to the actual margin, request by request
-- grain:    one row per request whose bridge does not hold
-- The terms are those of events.md, "Margin", as reports/summary.sql sums them.
WITH term AS (
  SELECT
    id, request_id,
    all_revenue_nano_usd - planned_nano_usd                           AS planned_margin,
    iif(status IN (5, 6), -all_revenue_nano_usd, 0)                   AS lost_revenue,
    iif(status = 4, -all_revenue_nano_usd, 0)                         AS deferred_revenue,
    serving_cost_nano_usd - cost_nano_usd                             AS retry_waste,
    iif(status <= 1, planned_nano_usd - serving_cost_nano_usd, 0)     AS route_price_effect,
    iif(status >= 2, planned_nano_usd, 0)                             AS avoided_cost,
    iif(status <= 3, all_revenue_nano_usd, 0) - cost_nano_usd         AS actual_margin
  FROM request_figure
)
SELECT
  'request ' || request_id AS subject,
  planned_margin + lost_revenue + deferred_revenue + retry_waste + route_price_effect
    + avoided_cost || ' nano-USD by its steps' AS found,
  actual_margin || ' nano-USD' AS expected
FROM term
WHERE planned_margin + lost_revenue + deferred_revenue + retry_waste + route_price_effect
  + avoided_cost IS NOT actual_margin
ORDER BY id
