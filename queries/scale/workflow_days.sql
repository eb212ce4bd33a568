-- name:     workflow_days
-- question: What did requests come to, by workflow and traffic class?
-- grain:    one row per (day, workflow, class)
-- columns:  dimensions  JSON | the measures of daily_sum, to be added
SELECT json_object('day', date(s.day * 86400, 'unixepoch'), 'workflow', w.name,
    'traffic_class', c.name) AS dimensions,
  requests, served_primary, served_fallback, served_cached, served_default, deferred, rejected, failed,
  attempts, failed_attempts, unpriced_attempts, downgraded, ungraded, hit, rescued, input_tokens,
  cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nano_usd,
  serving_cost_nano_usd, own_planned_nano_usd, served_revenue_nano_usd, deferred_revenue_nano_usd,
  lost_revenue_nano_usd, fee_nano_usd, catalog_attempts, catalog_cost_nano_usd
FROM daily_sum s
LEFT JOIN workflow w ON w.id = s.a
LEFT JOIN traffic_class c ON c.id = s.b
WHERE s.cut = 1
ORDER BY s.day, s.a, s.b
