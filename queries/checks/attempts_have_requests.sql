-- name:     attempts_have_requests
-- promise:  every attempt of a request of several has its request, which has no attempt of its own
-- grain:    one row per attempt without one
SELECT
  'attempt ' || a.place || ' of request number ' || a.request_id AS subject,
  iif(r.id IS NULL, 'no request', 'a request with an attempt of its own') AS found,
  'its request' AS expected
FROM stored_attempt a
LEFT JOIN stored_request r ON r.id = a.request_id
WHERE r.id IS NULL OR r.content_hash IS NOT NULL
ORDER BY a.request_id, a.place
