-- name:     model_days
-- question: What did requests come to, by the model asked for and the one that served?
-- grain:    one row per (day, primary, served_by)
-- columns:  dimensions  JSON | the measures of daily_sum, to be added
SELECT json_object('day', date(s.day * 86400, 'unixepoch'), 'primary', pp.name || '/' || pm.name,
    'served_by', sp.name || '/' || sm.name) AS dimensions,
  requests, served_primary, served_fallback, served_cached, served_default, deferred, rejected, failed,
  attempts, failed_attempts, unpriced_attempts, downgraded, ungraded, hit, rescued, input_tokens,
  cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nano_usd,
  serving_cost_nano_usd, own_planned_nano_usd, served_revenue_nano_usd, deferred_revenue_nano_usd,
  lost_revenue_nano_usd, fee_nano_usd, catalog_attempts, catalog_cost_nano_usd
FROM daily_sum s
JOIN model pm ON pm.id = s.a
JOIN provider pp ON pp.id = pm.provider_id
LEFT JOIN model sm ON sm.id = s.b
LEFT JOIN provider sp ON sp.id = sm.provider_id
WHERE s.cut = 3
ORDER BY s.day, s.a, s.b
