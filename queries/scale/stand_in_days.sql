-- name:     stand_in_days
-- question: For which requests does a mean stand in for their planned cost?
-- grain:    one row per (day, workflow, class, tenant, tier, primary, served_by, first failure)
-- columns:  dimensions  JSON | requests
SELECT json_object('day', date(s.day * 86400, 'unixepoch'), 'workflow', w.name,
    'traffic_class', c.name, 'tenant_id', t.name, 'tenant_tier', r.name,
    'primary', pp.name || '/' || pm.name, 'served_by', sp.name || '/' || sm.name,
    'first_failure', k.name) AS dimensions,
  s.requests
FROM daily_stand_in s
LEFT JOIN workflow w ON w.id = s.workflow_id
LEFT JOIN traffic_class c ON c.id = s.traffic_class
JOIN tenant t ON t.id = s.tenant_id
LEFT JOIN tier r ON r.id = s.tier_id
JOIN model pm ON pm.id = s.primary_model_id
JOIN provider pp ON pp.id = pm.provider_id
LEFT JOIN model sm ON sm.id = s.served_model_id
LEFT JOIN provider sp ON sp.id = sm.provider_id
LEFT JOIN failure_kind k ON k.id = s.kind - 1
ORDER BY s.day, s.workflow_id, s.traffic_class, s.tenant_id, s.tier_id, s.primary_model_id,
  s.served_model_id, s.kind
