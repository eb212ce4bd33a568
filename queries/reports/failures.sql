-- name:     failures
-- question: Which calls failed, by kind, provider, model and hour of the day, and which were tried
--           again although such a failure is not to be retried?
-- grain:    one row per field and value; the field `all` has one row, the total
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  calls, failures, followed (another call came after), misused (it should not have)  count;
--           calls of a kind are its failures | failed, misused cost  nano-USD; the latter is what the
--           next call cost. An hour is the UTC hour in which the request started.
-- check:    the rows of each field add up to those of `all`, but for the calls of kinds
WITH part AS (
  SELECT model_id, result, sum(attempts) AS calls, sum(iif(result > 0, attempts, 0)) AS failures,
    sum(iif(result > 0, cost_nano_usd, 0)) AS failed, sum(followed) AS followed,
    sum(misused) AS misused, sum(misused_nano_usd) AS misused_cost
  FROM daily_attempt
  WHERE day >= coalesce(strftime('%s', :from) / 86400, -1000000)
    AND day < coalesce(strftime('%s', :to) / 86400, 1000000)
  GROUP BY model_id, result
),
field AS (
  SELECT 1 AS place, 'all' AS field, NULL AS value, calls, failures, failed, followed, misused,
    misused_cost FROM part
  UNION ALL SELECT 2, 'failure_kind', k.name, calls, failures, failed, followed, misused,
    misused_cost FROM part JOIN failure_kind k ON k.id = part.result - 1
  UNION ALL SELECT 3, 'provider', p.name, calls, failures, failed, followed, misused, misused_cost
    FROM part JOIN model m ON m.id = part.model_id JOIN provider p ON p.id = m.provider_id
  UNION ALL SELECT 4, 'model', p.name || '/' || m.name, calls, failures, failed, followed, misused,
    misused_cost
    FROM part JOIN model m ON m.id = part.model_id JOIN provider p ON p.id = m.provider_id
  UNION ALL SELECT 5, 'hour', printf('%02d', hour % 24), attempts, failures, failed_nano_usd,
    followed, misused, misused_nano_usd
    FROM hourly_attempt
    WHERE hour >= coalesce(strftime('%s', :from) / 3600, -24000000)
      AND hour < coalesce(strftime('%s', :to) / 3600, 24000000)
)
SELECT field, value, sum(calls) AS calls, sum(failures) AS failures,
  sum(failed) AS failed_nano_usd, sum(followed) AS followed, sum(misused) AS misused,
  sum(misused_cost) AS misused_nano_usd
FROM field GROUP BY place, field, value
ORDER BY place, iif(field = 'hour', 0, -sum(failures)), value
