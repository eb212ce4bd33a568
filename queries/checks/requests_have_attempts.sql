-- name:     requests_have_attempts
-- promise:  every request has an attempt
-- grain:    one row per request without one
SELECT
  'request ' || r.request_id AS subject,
  'no attempt' AS found,
  'at least one' AS expected
FROM request r
WHERE NOT EXISTS (SELECT * FROM attempt a WHERE a.request_id = r.id)
ORDER BY r.id
