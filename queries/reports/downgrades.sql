-- name:     downgrades
-- question: How often did requests end in a lesser answer, by workflow, traffic class and tier, and
--           what brought it about?
-- grain:    one row per field and value; the field `all` has one row, the total
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  all counts of requests: failure, budget, tier_gate, last_resort and other are the causes of
--           the downgraded; below_floor: of those, served by a model below their class's floor
-- check:    the rows of each field add up to those of `all`; the causes add up to downgraded
WITH span AS (
  SELECT coalesce(strftime('%s', :from) / 86400, -1000000) AS first,
    coalesce(strftime('%s', :to) / 86400, 1000000) AS last
),
asked AS (
  SELECT cut, a, b, requests, downgraded, served_fallback, served_cached, served_default, ungraded
  FROM daily_sum
  WHERE cut IN (1, 2) AND day >= (SELECT first FROM span) AND day < (SELECT last FROM span)
),
lesser AS (
  SELECT workflow_id, traffic_class, tier_id, cause, requests, below_floor FROM daily_downgrade
  WHERE day >= (SELECT first FROM span) AND day < (SELECT last FROM span)
),
part AS (
  SELECT 1 AS place, 'all' AS field, NULL AS key, requests, downgraded, served_fallback,
    served_cached, served_default, ungraded, NULL AS cause, 0 AS caused, 0 AS below_floor
  FROM asked WHERE cut = 1
  UNION ALL SELECT 2, 'workflow', a, requests, downgraded, served_fallback, served_cached,
    served_default, ungraded, NULL, 0, 0 FROM asked WHERE cut = 1
  UNION ALL SELECT 3, 'traffic_class', b, requests, downgraded, served_fallback, served_cached,
    served_default, ungraded, NULL, 0, 0 FROM asked WHERE cut = 1
  UNION ALL SELECT 4, 'tenant_tier', b, requests, downgraded, served_fallback, served_cached,
    served_default, ungraded, NULL, 0, 0 FROM asked WHERE cut = 2
  UNION ALL SELECT 1, 'all', NULL, 0, 0, 0, 0, 0, 0, cause, requests, below_floor FROM lesser
  UNION ALL SELECT 2, 'workflow', workflow_id, 0, 0, 0, 0, 0, 0, cause, requests, below_floor
    FROM lesser
  UNION ALL SELECT 3, 'traffic_class', traffic_class, 0, 0, 0, 0, 0, 0, cause, requests,
    below_floor FROM lesser
  UNION ALL SELECT 4, 'tenant_tier', tier_id, 0, 0, 0, 0, 0, 0, cause, requests, below_floor
    FROM lesser
)
SELECT field,
  CASE field WHEN 'workflow' THEN (SELECT name FROM workflow WHERE id = key)
    WHEN 'traffic_class' THEN (SELECT name FROM traffic_class WHERE id = key)
    WHEN 'tenant_tier' THEN (SELECT name FROM tier WHERE id = key) END AS value,
  sum(requests) AS requests, sum(downgraded) AS downgraded,
  sum(served_fallback) AS served_fallback, sum(served_cached) AS served_cached,
  sum(served_default) AS served_default, sum(ungraded) AS ungraded,
  ifnull(sum(caused) FILTER (WHERE cause = 0), 0) AS failure,
  ifnull(sum(caused) FILTER (WHERE cause = 1), 0) AS budget,
  ifnull(sum(caused) FILTER (WHERE cause = 2), 0) AS tier_gate,
  ifnull(sum(caused) FILTER (WHERE cause = 3), 0) AS last_resort,
  ifnull(sum(caused) FILTER (WHERE cause = 4), 0) AS other,
  sum(below_floor) AS below_floor
FROM part GROUP BY place, field, key
ORDER BY place, downgraded DESC, value
