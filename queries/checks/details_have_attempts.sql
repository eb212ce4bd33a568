-- name:     details_have_attempts
-- promise:  what is kept beside attempts is kept of attempts that there are
-- grain:    one row per table and number without an attempt
SELECT 'row ' || d.attempt_id || ' of attempt_detail' AS subject, 'no such attempt' AS found,
  'an attempt' AS expected
FROM attempt_detail d LEFT JOIN attempt a ON a.id = d.attempt_id
WHERE a.id IS NULL
UNION ALL
SELECT 'row ' || l.attempt_id || ' of attempt_list_cost', 'no such attempt', 'an attempt'
FROM attempt_list_cost l LEFT JOIN attempt a ON a.id = l.attempt_id
WHERE a.id IS NULL
ORDER BY 1
