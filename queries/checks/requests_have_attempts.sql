-- name:     requests_have_attempts
-- promise:  every request has an attempt
-- grain:    one row per request without one, or with a single one that should stand with it
SELECT
  'request ' || r.request_id AS subject,
  ifnull(a.attempts, 0) || ' attempts in rows of their own' AS found,
  'one with the request, or at least two' AS expected
FROM request r
JOIN stored_request s ON s.id = r.id
LEFT JOIN (
  SELECT request_id, count(*) AS attempts FROM stored_attempt GROUP BY request_id
) a ON a.request_id = r.id
WHERE s.content_hash IS NULL AND ifnull(a.attempts, 0) < 2
ORDER BY r.id
