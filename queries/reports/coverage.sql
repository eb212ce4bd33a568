-- name:     coverage
-- question: What do the figures lack: fields that requests do not name, models without a price, costs
--           that differ from the catalog's, and lines that were not admitted?
-- grain:    one row per topic and name
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not. Lines that were not
--           admitted have no day and are counted whatever it is.
-- columns:  topic `field`: counted requests that name it, of all | `unpriced`: counted calls of the
--           model without a price, of all its calls | `drift`: counted calls of the model of which both
--           costs are known, of all; reported, catalog  nano-USD over those | `line`: counted lines by
--           reason, of all lines
-- check:    none
WITH cover AS (
  SELECT * FROM hourly_request
  WHERE hour >= coalesce(strftime('%s', :from) / 3600, -24000000)
    AND hour < coalesce(strftime('%s', :to) / 3600, 24000000)
),
called AS (
  SELECT p.name || '/' || m.name AS name, sum(h.unpriced) AS unpriced, sum(h.compared) AS compared,
    sum(h.attempts) AS calls, sum(h.reported_nano_usd) AS reported, sum(h.catalog_nano_usd) AS catalog
  FROM daily_attempt h JOIN model m ON m.id = h.model_id JOIN provider p ON p.id = m.provider_id
  WHERE h.day >= coalesce(strftime('%s', :from) / 86400, -1000000)
    AND h.day < coalesce(strftime('%s', :to) / 86400, 1000000)
  GROUP BY 1
),
topic AS (
  SELECT 1 AS place, 'field' AS topic, 'tenant_tier' AS name, sum(requests - without_tier) AS counted,
    sum(requests) AS whole, NULL AS reported, NULL AS catalog FROM cover
  UNION ALL SELECT 2, 'field', 'user_id', sum(requests - without_user), sum(requests), NULL, NULL FROM cover
  UNION ALL SELECT 3, 'field', 'application', sum(requests - without_application), sum(requests), NULL, NULL FROM cover
  UNION ALL SELECT 4, 'field', 'feature', sum(requests - without_feature), sum(requests), NULL, NULL FROM cover
  UNION ALL SELECT 5, 'field', 'workflow', sum(requests - without_workflow), sum(requests), NULL, NULL FROM cover
  UNION ALL SELECT 6, 'field', 'assistant_id', sum(requests - without_assistant), sum(requests), NULL, NULL FROM cover
  UNION ALL SELECT 7, 'field', 'thread_id', sum(requests - without_thread), sum(requests), NULL, NULL FROM cover
  UNION ALL SELECT 8, 'field', 'session_id', sum(requests - without_session), sum(requests), NULL, NULL FROM cover
  UNION ALL SELECT 9, 'field', 'environment', sum(requests - without_environment), sum(requests), NULL, NULL FROM cover
  UNION ALL SELECT 10, 'unpriced', name, unpriced, calls, NULL, NULL FROM called WHERE unpriced > 0
  UNION ALL SELECT 11, 'drift', name, compared, calls, reported, catalog FROM called WHERE compared > 0
  UNION ALL SELECT 12, 'line', code, count(*), (SELECT sum(lines) FROM input_file), NULL, NULL
    FROM quarantine GROUP BY code
)
SELECT topic, name, counted, whole, reported AS reported_nano_usd, catalog AS catalog_nano_usd
FROM topic WHERE whole > 0
ORDER BY place, iif(topic = 'drift', -abs(reported - catalog), -counted * (topic <> 'field')), name
