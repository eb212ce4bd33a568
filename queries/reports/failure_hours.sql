-- name:     failure_hours
-- question: When did each provider fail?
-- grain:    one row per provider and UTC hour of the day in which a request started that called it
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  calls, failures  count of calls of models
-- check:    calls and failures add up to the provider's in failures.sql
SELECT p.name AS provider, h.hour % 24 AS hour, sum(h.attempts) AS calls,
  sum(h.failures) AS failures
FROM hourly_attempt h JOIN provider p ON p.id = h.provider_id
WHERE h.hour >= coalesce(strftime('%s', :from) / 3600, -24000000)
  AND h.hour < coalesce(strftime('%s', :to) / 3600, 24000000)
GROUP BY p.name, h.hour % 24
ORDER BY provider, hour
