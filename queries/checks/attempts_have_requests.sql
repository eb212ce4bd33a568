-- name:     attempts_have_requests
-- promise:  every attempt has its request
-- grain:    one row per attempt without one
SELECT
  'attempt ' || a.event_id AS subject,
  'no request' AS found,
  'request number ' || a.request_id AS expected
FROM attempt a
WHERE NOT EXISTS (SELECT * FROM request r WHERE r.id = a.request_id)
ORDER BY a.id
