-- name:     time_lost_to_failures
-- question: How long did users wait for calls that failed before one succeeded?
-- grain:    one row per workflow with such requests, the most time first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests  count | lost_ms, worst_ms  milliseconds: mean and most of a request
-- check:    worst_ms >= lost_ms
-- reads:    every attempt of its days
-- takes:    26 s a month of 5 million requests
WITH lost AS (
  SELECT request_id, workflow, sum(CASE outcome WHEN 'failure' THEN latency_ms ELSE 0 END) AS ms
  FROM attempts
  WHERE action = 'model' AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
  GROUP BY request_id, workflow
  HAVING sum(outcome = 'failure') > 0 AND sum(outcome = 'success') > 0
)
SELECT workflow, count(*) AS requests, round(avg(ms)) AS lost_ms, max(ms) AS worst_ms
FROM lost
GROUP BY workflow
ORDER BY sum(ms) DESC, workflow
