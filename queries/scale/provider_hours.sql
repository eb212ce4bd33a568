-- name:     provider_hours
-- question: How did calls of providers end, hour by hour?
-- grain:    one row per (hour, provider)
-- columns:  dimensions  JSON | the measures of hourly_attempt, to be added
SELECT json_object('hour', strftime('%Y-%m-%dT%H:00Z', h.hour * 3600, 'unixepoch'),
    'provider', p.name) AS dimensions,
  h.attempts, h.failures, h.failed_nano_usd, h.followed, h.misused, h.misused_nano_usd
FROM hourly_attempt h
JOIN provider p ON p.id = h.provider_id
ORDER BY h.hour, h.provider_id
