-- name:     plan_months
-- question: What are the means of planned cost made of, by month and primary?
-- grain:    one row per (month, primary)
-- columns:  dimensions  JSON | requests | planned_nano_usd
SELECT json_object('month', printf('%04d-%02d', d.month / 12, d.month % 12 + 1),
    'primary', pp.name || '/' || pm.name) AS dimensions,
  d.requests, d.planned_nano_usd
FROM plan_month d
JOIN model pm ON pm.id = d.model_id
JOIN provider pp ON pp.id = pm.provider_id
ORDER BY d.month, d.model_id
