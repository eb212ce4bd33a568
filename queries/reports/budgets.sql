-- name:     budgets
-- question: What has each tenant spent of its month so far, day by day?
-- grain:    one row per tenant and day with requests, in the UTC month of the day before :to
-- params:   :to  TEXT YYYY-MM-DD, not included
-- columns:  spent  nano-USD on that day | event_limit  nano-USD, the latest that the month's events
--           name, NULL: none. The tenants file's limit comes first, and is asked for apart.
-- check:    spent adds up to the cost of summary.sql over the same days
SELECT t.name AS tenant_id, s.day, sum(s.cost_nano_usd) AS spent_nano_usd,
  l.limit_nano_usd AS event_limit_nano_usd
FROM daily_sum s
JOIN tenant t ON t.id = s.a
LEFT JOIN budget_limit l ON l.tenant_id = s.a
  AND l.month = 12 * strftime('%Y', :to, '-1 day') + strftime('%m', :to, '-1 day') - 1
WHERE s.cut = 2 AND s.day >= strftime('%s', :to, '-1 day', 'start of month') / 86400
  AND s.day < strftime('%s', :to) / 86400
GROUP BY s.a, s.day
ORDER BY tenant_id, s.day
