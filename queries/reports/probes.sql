-- name:     probes
-- question: Which requests began with a call that was made by chance, to learn of a model?
-- grain:    one row per request whose first line says `probe` for its reason
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  request_id  text
-- check:    none: most requests are none
SELECT r.request_id
FROM attempt a JOIN request r ON r.id = a.request_id
WHERE EXISTS (SELECT 1 FROM decision_reason WHERE name = 'probe')
  AND a.decision_reason_id = (SELECT id FROM decision_reason WHERE name = 'probe')
  AND a.place = 0
  AND r.day >= coalesce(strftime('%s', :from) / 86400, -1000000)
  AND r.day < coalesce(strftime('%s', :to) / 86400, 1000000)
ORDER BY r.request_id
