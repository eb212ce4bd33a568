-- The ledger's views of daily sums (docs/schema.md) over a run's figures, with the same columns: the questions
-- of queries/questions that read them run here. For DuckDB and ClickHouse alike, after the file of the engine.

-- The means that stand in for a planned cost, now that all of their parts are added.
CREATE VIEW day_mean AS
SELECT dimension(dimensions, 'day') AS day, coalesce(dimension(dimensions, 'workflow'), '') AS workflow,
  dimension(dimensions, 'primary') AS "primary",
  mean_half_even(sum(CASE WHEN measure = 'planned_nano_usd' THEN value ELSE 0 END),
    sum(CASE WHEN measure = 'requests' THEN value ELSE 0 END)) AS mean_nano_usd
FROM figure WHERE report = 'plan_days'
GROUP BY dimensions
HAVING sum(CASE WHEN measure = 'requests' THEN value ELSE 0 END) > 0;

CREATE VIEW month_mean AS
SELECT dimension(dimensions, 'month') AS month, dimension(dimensions, 'primary') AS "primary",
  mean_half_even(sum(CASE WHEN measure = 'planned_nano_usd' THEN value ELSE 0 END),
    sum(CASE WHEN measure = 'requests' THEN value ELSE 0 END)) AS mean_nano_usd
FROM figure WHERE report = 'plan_months'
GROUP BY dimensions
HAVING sum(CASE WHEN measure = 'requests' THEN value ELSE 0 END) > 0;

CREATE VIEW stand_in AS
SELECT s.day AS day, s.workflow AS workflow, s.traffic_class AS traffic_class, s.tenant_id AS tenant_id,
  s.tenant_tier AS tenant_tier, s."primary" AS "primary", s.served_by AS served_by,
  s.requests AS requests, coalesce(d.mean_nano_usd, m.mean_nano_usd) AS mean_nano_usd
FROM (
  SELECT dimension(dimensions, 'day') AS day, coalesce(dimension(dimensions, 'workflow'), '') AS workflow,
    coalesce(dimension(dimensions, 'traffic_class'), '') AS traffic_class,
    dimension(dimensions, 'tenant_id') AS tenant_id,
    coalesce(dimension(dimensions, 'tenant_tier'), '') AS tenant_tier,
    dimension(dimensions, 'primary') AS "primary",
    coalesce(dimension(dimensions, 'served_by'), '') AS served_by, value AS requests
  FROM figure WHERE report = 'stand_in_days'
) s
LEFT JOIN day_mean d ON d.day = s.day AND d.workflow = s.workflow AND d."primary" = s."primary"
LEFT JOIN month_mean m ON m.month = substring(s.day, 1, 7) AND m."primary" = s."primary";

CREATE VIEW daily_by_workflow AS
SELECT f.day AS day, f.workflow AS workflow, f.traffic_class AS traffic_class,
  f.requests AS requests, f.served_primary AS served_primary, f.served_fallback AS served_fallback,
  f.served_cached AS served_cached, f.served_default AS served_default, f.deferred AS deferred,
  f.rejected AS rejected, f.failed AS failed, f.attempts AS attempts, f.failed_attempts AS failed_attempts,
  f.unpriced_attempts AS unpriced_attempts, f.downgraded AS downgraded, f.ungraded AS ungraded,
  coalesce(s.unplanned, 0) AS unplanned, f.hit AS hit, f.rescued AS rescued, f.input_tokens AS input_tokens,
  f.cached_input_tokens AS cached_input_tokens, f.cache_write_tokens AS cache_write_tokens,
  f.output_tokens AS output_tokens, f.reasoning_tokens AS reasoning_tokens, f.cost_nano_usd AS cost_nano_usd,
  f.cost_nano_usd / 1e9 AS cost_usd, f.cost_nano_usd - f.serving_cost_nano_usd AS wasted_nano_usd,
  (f.cost_nano_usd - f.serving_cost_nano_usd) / 1e9 AS wasted_usd,
  f.own_planned_nano_usd + coalesce(s.planned_nano_usd, 0) AS planned_nano_usd,
  (f.own_planned_nano_usd + coalesce(s.planned_nano_usd, 0)) / 1e9 AS planned_usd,
  f.served_revenue_nano_usd + f.fee_nano_usd AS revenue_nano_usd,
  (f.served_revenue_nano_usd + f.fee_nano_usd) / 1e9 AS revenue_usd,
  f.deferred_revenue_nano_usd AS deferred_revenue_nano_usd,
  (f.deferred_revenue_nano_usd) / 1e9 AS deferred_revenue_usd,
  f.lost_revenue_nano_usd AS lost_revenue_nano_usd, (f.lost_revenue_nano_usd) / 1e9 AS lost_revenue_usd,
  f.served_revenue_nano_usd + f.fee_nano_usd - f.cost_nano_usd AS margin_nano_usd,
  (f.served_revenue_nano_usd + f.fee_nano_usd - f.cost_nano_usd) / 1e9 AS margin_usd,
  f.own_planned_nano_usd + coalesce(s.planned_nano_usd, 0) - f.cost_nano_usd
    - f.lost_revenue_nano_usd - f.deferred_revenue_nano_usd AS margin_impact_nano_usd,
  (f.own_planned_nano_usd + coalesce(s.planned_nano_usd, 0) - f.cost_nano_usd
    - f.lost_revenue_nano_usd - f.deferred_revenue_nano_usd) / 1e9 AS margin_impact_usd
FROM (
  SELECT dimension(dimensions, 'day') AS day,
    dimension(dimensions, 'workflow') AS workflow, dimension(dimensions, 'traffic_class') AS traffic_class,
    CAST(sum(CASE WHEN measure = 'requests' THEN value ELSE 0 END) AS BIGINT) AS requests,
    CAST(sum(CASE WHEN measure = 'served_primary' THEN value ELSE 0 END) AS BIGINT) AS served_primary,
    CAST(sum(CASE WHEN measure = 'served_fallback' THEN value ELSE 0 END) AS BIGINT) AS served_fallback,
    CAST(sum(CASE WHEN measure = 'served_cached' THEN value ELSE 0 END) AS BIGINT) AS served_cached,
    CAST(sum(CASE WHEN measure = 'served_default' THEN value ELSE 0 END) AS BIGINT) AS served_default,
    CAST(sum(CASE WHEN measure = 'deferred' THEN value ELSE 0 END) AS BIGINT) AS deferred,
    CAST(sum(CASE WHEN measure = 'rejected' THEN value ELSE 0 END) AS BIGINT) AS rejected,
    CAST(sum(CASE WHEN measure = 'failed' THEN value ELSE 0 END) AS BIGINT) AS failed,
    CAST(sum(CASE WHEN measure = 'attempts' THEN value ELSE 0 END) AS BIGINT) AS attempts,
    CAST(sum(CASE WHEN measure = 'failed_attempts' THEN value ELSE 0 END) AS BIGINT) AS failed_attempts,
    CAST(sum(CASE WHEN measure = 'unpriced_attempts' THEN value ELSE 0 END) AS BIGINT) AS unpriced_attempts,
    CAST(sum(CASE WHEN measure = 'downgraded' THEN value ELSE 0 END) AS BIGINT) AS downgraded,
    CAST(sum(CASE WHEN measure = 'ungraded' THEN value ELSE 0 END) AS BIGINT) AS ungraded,
    CAST(sum(CASE WHEN measure = 'hit' THEN value ELSE 0 END) AS BIGINT) AS hit,
    CAST(sum(CASE WHEN measure = 'rescued' THEN value ELSE 0 END) AS BIGINT) AS rescued,
    CAST(sum(CASE WHEN measure = 'input_tokens' THEN value ELSE 0 END) AS BIGINT) AS input_tokens,
    CAST(sum(CASE WHEN measure = 'cached_input_tokens' THEN value ELSE 0 END) AS BIGINT) AS cached_input_tokens,
    CAST(sum(CASE WHEN measure = 'cache_write_tokens' THEN value ELSE 0 END) AS BIGINT) AS cache_write_tokens,
    CAST(sum(CASE WHEN measure = 'output_tokens' THEN value ELSE 0 END) AS BIGINT) AS output_tokens,
    CAST(sum(CASE WHEN measure = 'reasoning_tokens' THEN value ELSE 0 END) AS BIGINT) AS reasoning_tokens,
    CAST(sum(CASE WHEN measure = 'cost_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS cost_nano_usd,
    CAST(sum(CASE WHEN measure = 'serving_cost_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS serving_cost_nano_usd,
    CAST(sum(CASE WHEN measure = 'own_planned_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS own_planned_nano_usd,
    CAST(sum(CASE WHEN measure = 'served_revenue_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS served_revenue_nano_usd,
    CAST(sum(CASE WHEN measure = 'deferred_revenue_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS deferred_revenue_nano_usd,
    CAST(sum(CASE WHEN measure = 'lost_revenue_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS lost_revenue_nano_usd,
    CAST(sum(CASE WHEN measure = 'fee_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS fee_nano_usd
  FROM figure WHERE report = 'workflow_days'
  GROUP BY dimensions
) f
LEFT JOIN (
  SELECT day, workflow, traffic_class,
    CAST(sum(requests * coalesce(mean_nano_usd, 0)) AS BIGINT) AS planned_nano_usd,
    CAST(sum(CASE WHEN mean_nano_usd IS NULL THEN requests ELSE 0 END) AS BIGINT) AS unplanned
  FROM stand_in
  GROUP BY day, workflow, traffic_class
) s ON s.day = f.day AND s.workflow = coalesce(f.workflow, '') AND s.traffic_class = coalesce(f.traffic_class, '');

CREATE VIEW daily_by_tenant AS
SELECT f.day AS day, f.tenant_id AS tenant_id, f.tenant_tier AS tenant_tier,
  f.requests AS requests, f.served_primary AS served_primary, f.served_fallback AS served_fallback,
  f.served_cached AS served_cached, f.served_default AS served_default, f.deferred AS deferred,
  f.rejected AS rejected, f.failed AS failed, f.attempts AS attempts, f.failed_attempts AS failed_attempts,
  f.unpriced_attempts AS unpriced_attempts, f.downgraded AS downgraded, f.ungraded AS ungraded,
  coalesce(s.unplanned, 0) AS unplanned, f.hit AS hit, f.rescued AS rescued, f.input_tokens AS input_tokens,
  f.cached_input_tokens AS cached_input_tokens, f.cache_write_tokens AS cache_write_tokens,
  f.output_tokens AS output_tokens, f.reasoning_tokens AS reasoning_tokens, f.cost_nano_usd AS cost_nano_usd,
  f.cost_nano_usd / 1e9 AS cost_usd, f.cost_nano_usd - f.serving_cost_nano_usd AS wasted_nano_usd,
  (f.cost_nano_usd - f.serving_cost_nano_usd) / 1e9 AS wasted_usd,
  f.own_planned_nano_usd + coalesce(s.planned_nano_usd, 0) AS planned_nano_usd,
  (f.own_planned_nano_usd + coalesce(s.planned_nano_usd, 0)) / 1e9 AS planned_usd,
  f.served_revenue_nano_usd + f.fee_nano_usd AS revenue_nano_usd,
  (f.served_revenue_nano_usd + f.fee_nano_usd) / 1e9 AS revenue_usd,
  f.deferred_revenue_nano_usd AS deferred_revenue_nano_usd,
  (f.deferred_revenue_nano_usd) / 1e9 AS deferred_revenue_usd,
  f.lost_revenue_nano_usd AS lost_revenue_nano_usd, (f.lost_revenue_nano_usd) / 1e9 AS lost_revenue_usd,
  f.served_revenue_nano_usd + f.fee_nano_usd - f.cost_nano_usd AS margin_nano_usd,
  (f.served_revenue_nano_usd + f.fee_nano_usd - f.cost_nano_usd) / 1e9 AS margin_usd,
  f.own_planned_nano_usd + coalesce(s.planned_nano_usd, 0) - f.cost_nano_usd
    - f.lost_revenue_nano_usd - f.deferred_revenue_nano_usd AS margin_impact_nano_usd,
  (f.own_planned_nano_usd + coalesce(s.planned_nano_usd, 0) - f.cost_nano_usd
    - f.lost_revenue_nano_usd - f.deferred_revenue_nano_usd) / 1e9 AS margin_impact_usd
FROM (
  SELECT dimension(dimensions, 'day') AS day,
    dimension(dimensions, 'tenant_id') AS tenant_id, dimension(dimensions, 'tenant_tier') AS tenant_tier,
    CAST(sum(CASE WHEN measure = 'requests' THEN value ELSE 0 END) AS BIGINT) AS requests,
    CAST(sum(CASE WHEN measure = 'served_primary' THEN value ELSE 0 END) AS BIGINT) AS served_primary,
    CAST(sum(CASE WHEN measure = 'served_fallback' THEN value ELSE 0 END) AS BIGINT) AS served_fallback,
    CAST(sum(CASE WHEN measure = 'served_cached' THEN value ELSE 0 END) AS BIGINT) AS served_cached,
    CAST(sum(CASE WHEN measure = 'served_default' THEN value ELSE 0 END) AS BIGINT) AS served_default,
    CAST(sum(CASE WHEN measure = 'deferred' THEN value ELSE 0 END) AS BIGINT) AS deferred,
    CAST(sum(CASE WHEN measure = 'rejected' THEN value ELSE 0 END) AS BIGINT) AS rejected,
    CAST(sum(CASE WHEN measure = 'failed' THEN value ELSE 0 END) AS BIGINT) AS failed,
    CAST(sum(CASE WHEN measure = 'attempts' THEN value ELSE 0 END) AS BIGINT) AS attempts,
    CAST(sum(CASE WHEN measure = 'failed_attempts' THEN value ELSE 0 END) AS BIGINT) AS failed_attempts,
    CAST(sum(CASE WHEN measure = 'unpriced_attempts' THEN value ELSE 0 END) AS BIGINT) AS unpriced_attempts,
    CAST(sum(CASE WHEN measure = 'downgraded' THEN value ELSE 0 END) AS BIGINT) AS downgraded,
    CAST(sum(CASE WHEN measure = 'ungraded' THEN value ELSE 0 END) AS BIGINT) AS ungraded,
    CAST(sum(CASE WHEN measure = 'hit' THEN value ELSE 0 END) AS BIGINT) AS hit,
    CAST(sum(CASE WHEN measure = 'rescued' THEN value ELSE 0 END) AS BIGINT) AS rescued,
    CAST(sum(CASE WHEN measure = 'input_tokens' THEN value ELSE 0 END) AS BIGINT) AS input_tokens,
    CAST(sum(CASE WHEN measure = 'cached_input_tokens' THEN value ELSE 0 END) AS BIGINT) AS cached_input_tokens,
    CAST(sum(CASE WHEN measure = 'cache_write_tokens' THEN value ELSE 0 END) AS BIGINT) AS cache_write_tokens,
    CAST(sum(CASE WHEN measure = 'output_tokens' THEN value ELSE 0 END) AS BIGINT) AS output_tokens,
    CAST(sum(CASE WHEN measure = 'reasoning_tokens' THEN value ELSE 0 END) AS BIGINT) AS reasoning_tokens,
    CAST(sum(CASE WHEN measure = 'cost_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS cost_nano_usd,
    CAST(sum(CASE WHEN measure = 'serving_cost_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS serving_cost_nano_usd,
    CAST(sum(CASE WHEN measure = 'own_planned_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS own_planned_nano_usd,
    CAST(sum(CASE WHEN measure = 'served_revenue_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS served_revenue_nano_usd,
    CAST(sum(CASE WHEN measure = 'deferred_revenue_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS deferred_revenue_nano_usd,
    CAST(sum(CASE WHEN measure = 'lost_revenue_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS lost_revenue_nano_usd,
    CAST(sum(CASE WHEN measure = 'fee_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS fee_nano_usd
  FROM figure WHERE report = 'tenant_days'
  GROUP BY dimensions
) f
LEFT JOIN (
  SELECT day, tenant_id, tenant_tier,
    CAST(sum(requests * coalesce(mean_nano_usd, 0)) AS BIGINT) AS planned_nano_usd,
    CAST(sum(CASE WHEN mean_nano_usd IS NULL THEN requests ELSE 0 END) AS BIGINT) AS unplanned
  FROM stand_in
  GROUP BY day, tenant_id, tenant_tier
) s ON s.day = f.day AND s.tenant_id = f.tenant_id AND s.tenant_tier = coalesce(f.tenant_tier, '');

CREATE VIEW daily_by_model AS
SELECT f.day AS day, f."primary" AS "primary", f.served_by AS served_by,
  f.requests AS requests, f.served_primary AS served_primary, f.served_fallback AS served_fallback,
  f.served_cached AS served_cached, f.served_default AS served_default, f.deferred AS deferred,
  f.rejected AS rejected, f.failed AS failed, f.attempts AS attempts, f.failed_attempts AS failed_attempts,
  f.unpriced_attempts AS unpriced_attempts, f.downgraded AS downgraded, f.ungraded AS ungraded,
  coalesce(s.unplanned, 0) AS unplanned, f.hit AS hit, f.rescued AS rescued, f.input_tokens AS input_tokens,
  f.cached_input_tokens AS cached_input_tokens, f.cache_write_tokens AS cache_write_tokens,
  f.output_tokens AS output_tokens, f.reasoning_tokens AS reasoning_tokens, f.cost_nano_usd AS cost_nano_usd,
  f.cost_nano_usd / 1e9 AS cost_usd, f.cost_nano_usd - f.serving_cost_nano_usd AS wasted_nano_usd,
  (f.cost_nano_usd - f.serving_cost_nano_usd) / 1e9 AS wasted_usd,
  f.own_planned_nano_usd + coalesce(s.planned_nano_usd, 0) AS planned_nano_usd,
  (f.own_planned_nano_usd + coalesce(s.planned_nano_usd, 0)) / 1e9 AS planned_usd,
  f.served_revenue_nano_usd + f.fee_nano_usd AS revenue_nano_usd,
  (f.served_revenue_nano_usd + f.fee_nano_usd) / 1e9 AS revenue_usd,
  f.deferred_revenue_nano_usd AS deferred_revenue_nano_usd,
  (f.deferred_revenue_nano_usd) / 1e9 AS deferred_revenue_usd,
  f.lost_revenue_nano_usd AS lost_revenue_nano_usd, (f.lost_revenue_nano_usd) / 1e9 AS lost_revenue_usd,
  f.served_revenue_nano_usd + f.fee_nano_usd - f.cost_nano_usd AS margin_nano_usd,
  (f.served_revenue_nano_usd + f.fee_nano_usd - f.cost_nano_usd) / 1e9 AS margin_usd,
  f.own_planned_nano_usd + coalesce(s.planned_nano_usd, 0) - f.cost_nano_usd
    - f.lost_revenue_nano_usd - f.deferred_revenue_nano_usd AS margin_impact_nano_usd,
  (f.own_planned_nano_usd + coalesce(s.planned_nano_usd, 0) - f.cost_nano_usd
    - f.lost_revenue_nano_usd - f.deferred_revenue_nano_usd) / 1e9 AS margin_impact_usd
FROM (
  SELECT dimension(dimensions, 'day') AS day,
    dimension(dimensions, 'primary') AS "primary", dimension(dimensions, 'served_by') AS served_by,
    CAST(sum(CASE WHEN measure = 'requests' THEN value ELSE 0 END) AS BIGINT) AS requests,
    CAST(sum(CASE WHEN measure = 'served_primary' THEN value ELSE 0 END) AS BIGINT) AS served_primary,
    CAST(sum(CASE WHEN measure = 'served_fallback' THEN value ELSE 0 END) AS BIGINT) AS served_fallback,
    CAST(sum(CASE WHEN measure = 'served_cached' THEN value ELSE 0 END) AS BIGINT) AS served_cached,
    CAST(sum(CASE WHEN measure = 'served_default' THEN value ELSE 0 END) AS BIGINT) AS served_default,
    CAST(sum(CASE WHEN measure = 'deferred' THEN value ELSE 0 END) AS BIGINT) AS deferred,
    CAST(sum(CASE WHEN measure = 'rejected' THEN value ELSE 0 END) AS BIGINT) AS rejected,
    CAST(sum(CASE WHEN measure = 'failed' THEN value ELSE 0 END) AS BIGINT) AS failed,
    CAST(sum(CASE WHEN measure = 'attempts' THEN value ELSE 0 END) AS BIGINT) AS attempts,
    CAST(sum(CASE WHEN measure = 'failed_attempts' THEN value ELSE 0 END) AS BIGINT) AS failed_attempts,
    CAST(sum(CASE WHEN measure = 'unpriced_attempts' THEN value ELSE 0 END) AS BIGINT) AS unpriced_attempts,
    CAST(sum(CASE WHEN measure = 'downgraded' THEN value ELSE 0 END) AS BIGINT) AS downgraded,
    CAST(sum(CASE WHEN measure = 'ungraded' THEN value ELSE 0 END) AS BIGINT) AS ungraded,
    CAST(sum(CASE WHEN measure = 'hit' THEN value ELSE 0 END) AS BIGINT) AS hit,
    CAST(sum(CASE WHEN measure = 'rescued' THEN value ELSE 0 END) AS BIGINT) AS rescued,
    CAST(sum(CASE WHEN measure = 'input_tokens' THEN value ELSE 0 END) AS BIGINT) AS input_tokens,
    CAST(sum(CASE WHEN measure = 'cached_input_tokens' THEN value ELSE 0 END) AS BIGINT) AS cached_input_tokens,
    CAST(sum(CASE WHEN measure = 'cache_write_tokens' THEN value ELSE 0 END) AS BIGINT) AS cache_write_tokens,
    CAST(sum(CASE WHEN measure = 'output_tokens' THEN value ELSE 0 END) AS BIGINT) AS output_tokens,
    CAST(sum(CASE WHEN measure = 'reasoning_tokens' THEN value ELSE 0 END) AS BIGINT) AS reasoning_tokens,
    CAST(sum(CASE WHEN measure = 'cost_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS cost_nano_usd,
    CAST(sum(CASE WHEN measure = 'serving_cost_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS serving_cost_nano_usd,
    CAST(sum(CASE WHEN measure = 'own_planned_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS own_planned_nano_usd,
    CAST(sum(CASE WHEN measure = 'served_revenue_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS served_revenue_nano_usd,
    CAST(sum(CASE WHEN measure = 'deferred_revenue_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS deferred_revenue_nano_usd,
    CAST(sum(CASE WHEN measure = 'lost_revenue_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS lost_revenue_nano_usd,
    CAST(sum(CASE WHEN measure = 'fee_nano_usd' THEN value ELSE 0 END) AS BIGINT) AS fee_nano_usd
  FROM figure WHERE report = 'model_days'
  GROUP BY dimensions
) f
LEFT JOIN (
  SELECT day, "primary", served_by,
    CAST(sum(requests * coalesce(mean_nano_usd, 0)) AS BIGINT) AS planned_nano_usd,
    CAST(sum(CASE WHEN mean_nano_usd IS NULL THEN requests ELSE 0 END) AS BIGINT) AS unplanned
  FROM stand_in
  GROUP BY day, "primary", served_by
) s ON s.day = f.day AND s."primary" = f."primary" AND s.served_by = coalesce(f.served_by, '');
