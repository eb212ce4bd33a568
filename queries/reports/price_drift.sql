-- name:     price_drift
-- question: By how much do the costs that logs report differ from what the catalog gives?
-- grain:    one row per called model that has attempts of which both are known
-- params:   :from, :to  UTC milliseconds or NULL; from is included, to is not
-- columns:  provider, model | attempts, differing  count | reported, catalog  sums in nano-USD |
--           gross  the sum of the differences without their signs | largest  the largest of these
-- check:    reported - catalog lies within plus and minus gross
SELECT
  p.name AS provider,
  m.name AS model,
  count(*) AS attempts,
  sum(a.reported_cost_nano_usd <> a.catalog_cost_nano_usd) AS differing,
  sum(a.reported_cost_nano_usd) AS reported,
  sum(a.catalog_cost_nano_usd) AS catalog,
  sum(abs(a.reported_cost_nano_usd - a.catalog_cost_nano_usd)) AS gross,
  max(abs(a.reported_cost_nano_usd - a.catalog_cost_nano_usd)) AS largest
FROM request q
JOIN attempt a ON a.request_id = q.id
JOIN route r ON r.id = a.route_id
JOIN model m ON m.id = r.model_id
JOIN provider p ON p.id = m.provider_id
WHERE (:from IS NULL OR q.started_ms >= :from) AND (:to IS NULL OR q.started_ms < :to)
  AND a.action = 0 AND a.reported_cost_nano_usd IS NOT NULL
  AND a.catalog_cost_nano_usd IS NOT NULL
GROUP BY m.id
ORDER BY gross DESC, p.name, m.name
