-- name:     fallback_days
-- question: What became of requests that failed at first or fell back?
-- grain:    one row per (day, workflow, first failure)
-- columns:  dimensions  JSON | the measures of daily_fallback, to be added
SELECT json_object('day', date(f.day * 86400, 'unixepoch'), 'workflow', w.name,
    'first_failure', k.name) AS dimensions,
  f.requests, f.served, f.wasted_nano_usd, f.serving_nano_usd, f.own_planned_nano_usd
FROM daily_fallback f
LEFT JOIN workflow w ON w.id = f.workflow_id
LEFT JOIN failure_kind k ON k.id = f.kind - 1
ORDER BY f.day, f.workflow_id, f.kind
