-- name:     cache_hits_by_workflow
-- question: What share of each workflow's requests did the cache answer, and what did that save?
-- grain:    one row per workflow, the largest share first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests, cached  count | cached_share  0 to 1 | planned_usd  USD that the requests
--           answered without a model were planned to cost
-- check:    cached <= requests
-- reads:    every request of its days
-- takes:    13 s a month of 5 million requests
SELECT workflow, count(*) AS requests, sum(status = 'served_cached') AS cached,
  round(1.0 * sum(status = 'served_cached') / count(*), 4) AS cached_share,
  sum(CASE status WHEN 'served_cached' THEN planned_nano_usd ELSE 0 END) / 1e9 AS planned_usd
FROM requests
WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY workflow
ORDER BY 1.0 * sum(status = 'served_cached') / count(*) DESC, workflow
