-- name:     call_days
-- question: How did calls of models end, and what did they cost?
-- grain:    one row per (day, model, result)
-- columns:  dimensions  JSON | the measures of daily_attempt, to be added
SELECT json_object('day', date(a.day * 86400, 'unixepoch'), 'model', pp.name || '/' || pm.name,
    'result', ifnull(k.name, 'success')) AS dimensions,
  a.attempts, a.cost_nano_usd, a.followed, a.misused, a.misused_nano_usd, a.unpriced, a.compared,
  a.reported_nano_usd, a.catalog_nano_usd
FROM daily_attempt a
JOIN model pm ON pm.id = a.model_id
JOIN provider pp ON pp.id = pm.provider_id
LEFT JOIN failure_kind k ON k.id = a.result - 1
ORDER BY a.day, a.model_id, a.result
