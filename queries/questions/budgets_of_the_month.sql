-- name:     budgets_of_the_month
-- question: What part of its monthly budget did each tenant spend?
-- grain:    one row per tenant with a budget, in the month :month, the fullest first
-- param:    month  month  which month; left out: the last with requests
-- columns:  spent_usd, budget_usd  USD; the budget that holds on the month's last day | used  1 is
--           all of it
-- check:    none
-- reads:    sums of months alone
-- takes:    under 0.1 s
WITH asked AS (SELECT coalesce(:month, (SELECT max(month) FROM monthly_by_tenant)) AS month),
spent AS (
  SELECT tenant_id, sum(cost_nano_usd) AS spent
  FROM monthly_by_tenant
  WHERE month = (SELECT month FROM asked)
  GROUP BY tenant_id
)
SELECT t.tenant_id, ifnull(s.spent, 0) / 1e9 AS spent_usd,
  t.monthly_budget_nano_usd / 1e9 AS budget_usd,
  round(1.0 * ifnull(s.spent, 0) / nullif(t.monthly_budget_nano_usd, 0), 4) AS used
FROM tenants t LEFT JOIN spent s ON s.tenant_id = t.tenant_id
WHERE t.monthly_budget_nano_usd IS NOT NULL
  AND t.effective_from = (SELECT max(effective_from) FROM tenants
    WHERE tenant_id = t.tenant_id
      AND effective_from <= date((SELECT month FROM asked) || '-01', '+1 month', '-1 day'))
ORDER BY 1.0 * ifnull(s.spent, 0) / nullif(t.monthly_budget_nano_usd, 0) DESC, t.tenant_id
