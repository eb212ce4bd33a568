-- name:     unattributed_cost
-- question: What cost cannot be told to a workflow, a feature or a user?
-- grain:    one row per field
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests  count without the field | cost_usd  USD of them | share  of all cost, 0 to 1
-- check:    none
-- reads:    every request of its days
-- takes:    17 s a month of 5 million requests
WITH lacking AS (
  SELECT workflow, feature, user_id, session_id, cost_nano_usd FROM requests
  WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
)
SELECT field, requests, cost / 1e9 AS cost_usd,
  round(1.0 * cost / nullif((SELECT sum(cost_nano_usd) FROM lacking), 0), 4) AS share
FROM (
  SELECT 'workflow' AS field, count(*) AS requests, ifnull(sum(cost_nano_usd), 0) AS cost
    FROM lacking WHERE workflow IS NULL
  UNION ALL SELECT 'feature', count(*), ifnull(sum(cost_nano_usd), 0) FROM lacking
    WHERE feature IS NULL
  UNION ALL SELECT 'user_id', count(*), ifnull(sum(cost_nano_usd), 0) FROM lacking
    WHERE user_id IS NULL
  UNION ALL SELECT 'session_id', count(*), ifnull(sum(cost_nano_usd), 0) FROM lacking
    WHERE session_id IS NULL
)
ORDER BY cost DESC, field
