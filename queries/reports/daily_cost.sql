-- name:     daily_cost
-- question: What did each day's requests cost by workflow, and how many got a lesser answer or none?
-- grain:    one row per day and workflow
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  day  days since 1970 | requests, downgraded, unanswered (failed or rejected), attempts,
--           failed_attempts  count | cost  nano-USD
-- check:    adds up to workflow_cost.sql over the same days
SELECT s.day, w.name AS workflow, sum(s.requests) AS requests, sum(s.downgraded) AS downgraded,
  sum(s.failed + s.rejected) AS unanswered, sum(s.attempts) AS attempts,
  sum(s.failed_attempts) AS failed_attempts, sum(s.cost_nano_usd) AS cost_nano_usd
FROM daily_sum s LEFT JOIN workflow w ON w.id = s.a
WHERE s.cut = 1 AND s.day >= coalesce(strftime('%s', :from) / 86400, -1000000)
  AND s.day < coalesce(strftime('%s', :to) / 86400, 1000000)
GROUP BY s.day, s.a
ORDER BY s.day, workflow
