-- name:     outage_hours
-- question: In which hours was a provider failing?
-- grain:    one row per provider and hour in which at least five of its calls failed, and half of all
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  hour  hours since 1970, UTC, in which requests started | calls, failures  count
-- check:    none: most hours are not listed
SELECT h.hour, p.name AS provider, sum(h.attempts) AS calls,
  sum(iif(h.result > 0, h.attempts, 0)) AS failures
FROM hourly_attempt h JOIN model m ON m.id = h.model_id JOIN provider p ON p.id = m.provider_id
WHERE h.hour >= coalesce(strftime('%s', :from) / 3600, -24000000)
  AND h.hour < coalesce(strftime('%s', :to) / 3600, 24000000)
GROUP BY p.name, h.hour
HAVING failures >= 5 AND failures * 2 >= calls
ORDER BY provider, h.hour
