-- name:     budget_months
-- question: Which limit did events last name of a tenant's month?
-- grain:    one row per (month, tenant); a tenant is whole in its partition, so nothing is added
-- columns:  dimensions  JSON | stated  1 | limit_nano_usd
SELECT json_object('month', printf('%04d-%02d', b.month / 12, b.month % 12 + 1),
    'tenant_id', t.name) AS dimensions,
  1 AS stated, b.limit_nano_usd
FROM budget_limit b
JOIN tenant t ON t.id = b.tenant_id
ORDER BY b.month, b.tenant_id
