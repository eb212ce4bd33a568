-- name:     tenant_days
-- question: What did requests come to, by tenant and tier?
-- grain:    one row per (day, tenant, tier)
-- columns:  dimensions  JSON | the measures of daily_sum, to be added
SELECT json_object('day', date(s.day * 86400, 'unixepoch'), 'tenant_id', t.name,
    'tenant_tier', r.name) AS dimensions,
  requests, served_primary, served_fallback, served_cached, served_default, deferred, rejected, failed,
  attempts, failed_attempts, unpriced_attempts, downgraded, ungraded, hit, rescued, input_tokens,
  cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nano_usd,
  serving_cost_nano_usd, own_planned_nano_usd, served_revenue_nano_usd, deferred_revenue_nano_usd,
  lost_revenue_nano_usd, fee_nano_usd, catalog_attempts, catalog_cost_nano_usd
FROM daily_sum s
JOIN tenant t ON t.id = s.a
LEFT JOIN tier r ON r.id = s.b
WHERE s.cut = 2
ORDER BY s.day, s.a, s.b
