-- name:     downgrade_days
-- question: What brought lesser answers about?
-- grain:    one row per (day, workflow, class, tier, cause)
-- columns:  dimensions  JSON | requests | below_floor
SELECT json_object('day', date(d.day * 86400, 'unixepoch'), 'workflow', w.name,
    'traffic_class', c.name, 'tenant_tier', r.name, 'cause', u.name) AS dimensions,
  d.requests, d.below_floor
FROM daily_downgrade d
LEFT JOIN workflow w ON w.id = d.workflow_id
LEFT JOIN traffic_class c ON c.id = d.traffic_class
LEFT JOIN tier r ON r.id = d.tier_id
JOIN downgrade_cause u ON u.id = d.cause
ORDER BY d.day, d.workflow_id, d.traffic_class, d.tier_id, d.cause
