-- name:     outage_hours
-- question: In which hours was a provider failing?
-- grain:    one row per provider and hour in which at least three of its calls failed, and half of all
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  hour  hours since 1970, UTC, in which requests started | calls, failures  count
-- check:    none: most hours are not listed
SELECT h.hour, p.name AS provider, sum(h.attempts) AS calls,
  sum(h.failures) AS failures
FROM hourly_attempt h JOIN provider p ON p.id = h.provider_id
WHERE h.hour >= coalesce(strftime('%s', :from) / 3600, -24000000)
  AND h.hour < coalesce(strftime('%s', :to) / 3600, 24000000)
GROUP BY p.name, h.hour
HAVING sum(h.failures) >= 3 AND sum(h.failures) * 2 >= sum(h.attempts)
ORDER BY provider, h.hour
