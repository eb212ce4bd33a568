-- name:     plan_months
-- question: What are the means of planned cost made of, by month and primary?
-- grain:    one row per (month, primary); per day and workflow of it where the sum is outside 64 bits
-- columns:  dimensions  JSON | requests | planned_nano_usd
SELECT json_object('month', printf('%04d-%02d', d.month / 12, d.month % 12 + 1),
    'primary', pp.name || '/' || pm.name) AS dimensions,
  d.requests, d.planned_nano_usd
FROM (
  SELECT month, model_id, 0 AS day, 0 AS workflow_id, requests, planned_nano_usd
  FROM plan_month WHERE planned_carry = 0
  UNION ALL
  SELECT m.month, m.model_id, d.day, d.workflow_id, d.requests, d.planned_nano_usd
  FROM plan_month m JOIN plan_day d ON d.model_id = m.model_id
    AND 12 * strftime('%Y', d.day * 86400, 'unixepoch')
      + strftime('%m', d.day * 86400, 'unixepoch') - 1 = m.month
  WHERE m.planned_carry <> 0
) d
JOIN model pm ON pm.id = d.model_id
JOIN provider pp ON pp.id = pm.provider_id
ORDER BY d.month, d.model_id, d.day, d.workflow_id
