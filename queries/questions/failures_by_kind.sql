-- name:     failures_by_kind
-- question: Which calls fail, and how?
-- grain:    one row per provider, model and kind of failure, the most first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  failures  count | share  of the model's calls, 0 to 1 | cost_usd  USD of the failed
--           calls
-- check:    none
-- reads:    every attempt of its days
-- takes:    24 s a month of 5 million requests
WITH calls AS (
  SELECT provider, model, failure_kind, count(*) AS calls, sum(cost_nano_usd) AS cost
  FROM attempts
  WHERE action = 'model' AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
  GROUP BY provider, model, failure_kind
)
SELECT provider, model, failure_kind, calls AS failures,
  round(1.0 * calls / (SELECT sum(a.calls) FROM calls a
    WHERE a.provider = c.provider AND a.model = c.model), 4) AS share, cost / 1e9 AS cost_usd
FROM calls c
WHERE failure_kind IS NOT NULL
ORDER BY failures DESC, provider, model, failure_kind
