-- name:     latency_by_model
-- question: How long do successful calls of each model take?
-- grain:    one row per provider and model, the slowest median first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  calls  count of those with a latency | p50_ms, p95_ms, max_ms  milliseconds; half, and
--           95 of 100, took no longer
-- check:    p50_ms <= p95_ms <= max_ms
-- reads:    every attempt of its days
-- takes:    40 s a month of 5 million requests
WITH ranked AS (
  SELECT provider, model, latency_ms,
    row_number() OVER (PARTITION BY provider, model ORDER BY latency_ms) AS place,
    count(*) OVER (PARTITION BY provider, model) AS calls
  FROM attempts
  WHERE outcome = 'success' AND latency_ms IS NOT NULL
    AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
)
SELECT provider, model, max(calls) AS calls,
  min(CASE WHEN place * 2 >= calls THEN latency_ms END) AS p50_ms,
  min(CASE WHEN place * 100 >= calls * 95 THEN latency_ms END) AS p95_ms,
  max(latency_ms) AS max_ms
FROM ranked
GROUP BY provider, model
ORDER BY p50_ms DESC, provider, model
