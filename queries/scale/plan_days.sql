-- name:     plan_days
-- question: What are the means of planned cost made of, by day, workflow and primary?
-- grain:    one row per (day, workflow, primary)
-- columns:  dimensions  JSON | requests | planned_nano_usd
SELECT json_object('day', date(d.day * 86400, 'unixepoch'), 'workflow', w.name,
    'primary', pp.name || '/' || pm.name) AS dimensions,
  d.requests, d.planned_nano_usd
FROM plan_day d
LEFT JOIN workflow w ON w.id = d.workflow_id
JOIN model pm ON pm.id = d.model_id
JOIN provider pp ON pp.id = pm.provider_id
ORDER BY d.day, d.workflow_id, d.model_id
