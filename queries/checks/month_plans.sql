-- name:     month_plans
-- promise:  the planned costs kept by month are the sums over the requests that have their own
-- grain:    one row per month and primary whose kept sum or count is another
SELECT
  'plan of ' || printf('%04d-%02d', month / 12, month % 12 + 1) || ', model number ' || model_id
    AS subject,
  sum(kept) || ' nano-USD over ' || sum(kept_requests) || ' requests' AS found,
  sum(summed) || ' nano-USD over ' || sum(summed_requests) || ' requests' AS expected
FROM (
  SELECT month, model_id, planned_nano_usd AS kept, requests AS kept_requests,
    0 AS summed, 0 AS summed_requests
  FROM plan_month
  UNION ALL
  SELECT month, primary_model_id, 0, 0, sum(own_planned_nano_usd), count(*)
  FROM request WHERE own_planned_nano_usd IS NOT NULL
  GROUP BY month, primary_model_id
)
GROUP BY month, model_id
HAVING sum(kept) <> sum(summed) OR sum(kept_requests) <> sum(summed_requests)
ORDER BY month, model_id
