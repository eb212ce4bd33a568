-- name:     summary_days
-- question: The same as summary.sql over whole UTC days, out of the daily sums
-- grain:    one row per group of requests; without grouping one row
-- params:   :cut  1 by workflow and class, 2 by tenant and tier, 3 by primary and served |
--           :first, :last  days since 1970; first is included, last is not
-- columns:  those of summary.sql
-- check:    equals summary.sql over the same days; the margin terms add up, per row
-- The program puts the group's key columns where `/*keys*/` and `/*group*/` stand.
SELECT /*keys*/
  ifnull(sum(requests), 0)            AS requests,
  ifnull(sum(served_primary + served_fallback + served_cached + served_default), 0) AS served,
  ifnull(sum(served_primary), 0)      AS served_primary,
  ifnull(sum(served_fallback), 0)     AS served_fallback,
  ifnull(sum(served_cached), 0)       AS served_cached,
  ifnull(sum(served_default), 0)      AS served_default,
  ifnull(sum(deferred), 0)            AS deferred,
  ifnull(sum(rejected), 0)            AS rejected,
  ifnull(sum(failed), 0)              AS failed,
  ifnull(sum(attempts), 0)            AS attempts,
  ifnull(sum(failed_attempts), 0)     AS failed_attempts,
  ifnull(sum(unpriced_attempts), 0)   AS unpriced_attempts,
  ifnull(sum(downgraded), 0)          AS downgraded,
  ifnull(sum(ungraded), 0)            AS ungraded,
  ifnull(sum(unplanned), 0)           AS unplanned,
  ifnull(sum(input_tokens), 0)        AS input_tokens,
  ifnull(sum(cached_input_tokens), 0) AS cached_input_tokens,
  ifnull(sum(output_tokens), 0)       AS output_tokens,
  ifnull(sum(cost_nano_usd), 0)       AS cost_usd,
  ifnull(sum(cost_nano_usd - serving_cost_nano_usd), 0) AS wasted_usd,
  ifnull(sum(planned_nano_usd), 0)    AS planned_cost_usd,
  ifnull(sum(served_revenue_nano_usd), 0) AS revenue_usd,
  ifnull(sum(served_revenue_nano_usd + deferred_revenue_nano_usd + lost_revenue_nano_usd
    - planned_nano_usd), 0)           AS planned_margin_usd,
  ifnull(-sum(lost_revenue_nano_usd), 0)     AS lost_revenue_usd,
  ifnull(-sum(deferred_revenue_nano_usd), 0) AS deferred_revenue_usd,
  ifnull(-sum(cost_nano_usd - serving_cost_nano_usd), 0) AS retry_waste_usd,
  ifnull(sum(planned_nano_usd - avoided_nano_usd - serving_cost_nano_usd), 0)
                                      AS route_price_effect_usd,
  ifnull(sum(avoided_nano_usd), 0)    AS avoided_cost_usd,
  ifnull(sum(served_revenue_nano_usd - cost_nano_usd), 0) AS actual_margin_usd,
  ifnull(sum(catalog_attempts), 0)    AS catalog_attempts,
  ifnull(sum(catalog_cost_nano_usd), 0) AS catalog_cost
FROM daily_part
WHERE cut = :cut AND day >= :first AND day < :last
/*group*/
