-- name:     providers
-- question: How often did each provider's calls succeed, and how often were those who asked for it
--           served in the end?
-- grain:    one row per provider that was called or asked for, the least reliable first
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  calls, successes  of its models | requests that asked for it, served of them (by whomever),
--           hit: of which a call failed, rescued: of those, served all the same  count
--           cost  nano-USD of its calls
-- check:    requests add up to those of summary.sql, cost to its cost but for steps without a model
WITH part AS (
  SELECT m.provider_id, h.attempts AS calls, iif(h.result = 0, h.attempts, 0) AS successes,
    h.cost_nano_usd AS cost, 0 AS requests, 0 AS served, 0 AS hit, 0 AS rescued
  FROM daily_attempt h JOIN model m ON m.id = h.model_id
  WHERE h.day >= coalesce(strftime('%s', :from) / 86400, -1000000)
    AND h.day < coalesce(strftime('%s', :to) / 86400, 1000000)
  UNION ALL
  SELECT m.provider_id, 0, 0, 0, s.requests,
    s.served_primary + s.served_fallback + s.served_cached + s.served_default, s.hit, s.rescued
  FROM daily_sum s JOIN model m ON m.id = s.a
  WHERE s.cut = 3 AND s.day >= coalesce(strftime('%s', :from) / 86400, -1000000)
    AND s.day < coalesce(strftime('%s', :to) / 86400, 1000000)
)
SELECT p.name AS provider, sum(calls) AS calls, sum(successes) AS successes,
  sum(requests) AS requests, sum(served) AS served, sum(hit) AS hit, sum(rescued) AS rescued,
  sum(cost) AS cost_nano_usd
FROM part JOIN provider p ON p.id = part.provider_id
GROUP BY p.name
ORDER BY 1.0 * sum(successes) / nullif(sum(calls), 0), provider
