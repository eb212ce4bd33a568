-- name:     non_retryable_retries
-- question: What did it cost to call again after a failure that no retry mends?
-- grain:    one row per kind of failure and workflow, the dearest first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  retries  count of calls right after such a failure | cost_usd  USD of them
-- check:    none
-- reads:    every attempt of its days
-- takes:    39 s a month of 5 million requests
WITH calls AS (
  SELECT request_id, workflow, failure_kind, cost_nano_usd,
    lag(failure_kind) OVER (PARTITION BY request_id ORDER BY attempt, event_id) AS after
  FROM attempts
  WHERE action = 'model' AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
)
SELECT after AS failure_kind, workflow, count(*) AS retries, sum(cost_nano_usd) / 1e9 AS cost_usd
FROM calls
WHERE after IN ('invalid_api_key', 'malformed_request', 'unsupported_tool_schema', 'content_policy',
  'quota_exhausted', 'validation_failed', 'context_window_exceeded', 'unknown')
GROUP BY after, workflow
ORDER BY sum(cost_nano_usd) DESC, retries DESC, after, workflow
