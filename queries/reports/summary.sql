-- name:     summary
-- question: How did requests end, what did they cost against the plan, and what did fallback do to
--           the margin?
-- grain:    one row per group of requests; without grouping one row
-- params:   :from, :to  UTC milliseconds or NULL; from is included, to is not
-- columns:  the counts and amounts of cli.md, amounts in nano-USD, defined in events.md; of
--           attempts and cost_usd the part that is the catalog's
-- check:    planned margin + lost + deferred + retry waste + route price + avoided = actual margin
--           = revenue - cost, per row
-- The program puts the group's key columns where `/*keys*/` and `/*group*/` stand.
SELECT /*keys*/
  count(*)                                    AS requests,
  ifnull(sum(status <= 3), 0)                 AS served,
  ifnull(sum(status = 0), 0)                  AS served_primary,
  ifnull(sum(status = 1), 0)                  AS served_fallback,
  ifnull(sum(status = 2), 0)                  AS served_cached,
  ifnull(sum(status = 3), 0)                  AS served_default,
  ifnull(sum(status = 4), 0)                  AS deferred,
  ifnull(sum(status = 5), 0)                  AS rejected,
  ifnull(sum(status = 6), 0)                  AS failed,
  ifnull(sum(attempts), 0)                    AS attempts,
  ifnull(sum(failed_attempts), 0)             AS failed_attempts,
  ifnull(sum(unpriced_attempts), 0)           AS unpriced_attempts,
  ifnull(sum(is_downgraded), 0)               AS downgraded,
  ifnull(sum(is_ungraded), 0)                 AS ungraded,
  ifnull(sum(is_unplanned), 0)                AS unplanned,
  ifnull(sum(input_tokens), 0)                AS input_tokens,
  ifnull(sum(cached_input_tokens), 0)         AS cached_input_tokens,
  ifnull(sum(output_tokens), 0)               AS output_tokens,
  ifnull(sum(cost_nano_usd), 0)               AS cost_usd,
  ifnull(sum(cost_nano_usd - serving_cost_nano_usd), 0)             AS wasted_usd,
  ifnull(sum(planned_nano_usd), 0)            AS planned_cost_usd,
  ifnull(sum(iif(status <= 3, all_revenue_nano_usd, 0)), 0)         AS revenue_usd,
  ifnull(sum(all_revenue_nano_usd - planned_nano_usd), 0)           AS planned_margin_usd,
  ifnull(-sum(iif(status IN (5, 6), all_revenue_nano_usd, 0)), 0)   AS lost_revenue_usd,
  ifnull(-sum(iif(status = 4, all_revenue_nano_usd, 0)), 0)         AS deferred_revenue_usd,
  ifnull(-sum(cost_nano_usd - serving_cost_nano_usd), 0)            AS retry_waste_usd,
  ifnull(sum(iif(status <= 1, planned_nano_usd - serving_cost_nano_usd, 0)), 0)
                                              AS route_price_effect_usd,
  ifnull(sum(iif(status >= 2, planned_nano_usd, 0)), 0)             AS avoided_cost_usd,
  ifnull(sum(iif(status <= 3, all_revenue_nano_usd, 0) - cost_nano_usd), 0)
                                              AS actual_margin_usd,
  ifnull(sum(catalog_attempts), 0)            AS catalog_attempts,
  ifnull(sum(catalog_cost_nano_usd), 0)       AS catalog_cost
FROM request_figure r
WHERE (:from IS NULL OR started_ms >= :from) AND (:to IS NULL OR started_ms < :to)
/*group*/
