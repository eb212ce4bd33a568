-- name:     day_plans
-- promise:  the planned costs kept by day are the sums over the requests that have one of their own
-- grain:    one row per day, workflow and primary whose kept sum or count is another
SELECT
  'plan of ' || date(day * 86400, 'unixepoch') || ', workflow number ' || workflow_id
    || ', model number ' || model_id AS subject,
  sum(kept) || ' nano-USD over ' || sum(kept_requests) || ' requests' AS found,
  sum(summed) || ' nano-USD over ' || sum(summed_requests) || ' requests' AS expected
FROM (
  SELECT day, workflow_id, model_id, planned_nano_usd AS kept, requests AS kept_requests,
    0 AS summed, 0 AS summed_requests
  FROM plan_day
  UNION ALL
  SELECT day, ifnull(workflow_id, 0), primary_model_id, 0, 0, sum(own_planned_nano_usd), count(*)
  FROM request WHERE own_planned_nano_usd IS NOT NULL
  GROUP BY day, ifnull(workflow_id, 0), primary_model_id
)
GROUP BY day, workflow_id, model_id
HAVING sum(kept) <> sum(summed) OR sum(kept_requests) <> sum(summed_requests)
ORDER BY day, workflow_id, model_id
