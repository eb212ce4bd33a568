-- name:     month_plans
-- promise:  the planned costs kept by month are the sums over the requests that have their own
-- grain:    one row per month and primary whose kept sum or count is another
-- Whole USD and what is left of them are added apart, as the sum of a month may be outside 64 bits of nano-USD;
-- 2^62 nano-USD, a carry of what is kept, are 4611686018.427387904 USD.
WITH plan AS (
  SELECT 1 AS is_kept, month, model_id,
    planned_carry * 4611686018 + planned_nano_usd / 1000000000 AS usd,
    planned_carry * 427387904 + planned_nano_usd % 1000000000 AS nano, requests
  FROM plan_month
  UNION ALL
  SELECT 0, month, primary_model_id, sum(own_planned_nano_usd / 1000000000),
    sum(own_planned_nano_usd % 1000000000), count(*)
  FROM request WHERE own_planned_nano_usd IS NOT NULL
  GROUP BY month, primary_model_id
),
told AS (
  SELECT is_kept, month, model_id,
    printf('%d.%09d USD over %d requests', usd + nano / 1000000000, nano % 1000000000, requests)
      AS sum_
  FROM plan
)
SELECT
  'plan of ' || printf('%04d-%02d', month / 12, month % 12 + 1) || ', model number ' || model_id
    AS subject,
  ifnull(max(iif(is_kept, sum_, NULL)), 'nothing') AS found,
  ifnull(max(iif(is_kept, NULL, sum_)), 'nothing') AS expected
FROM told
GROUP BY month, model_id
HAVING found <> expected
ORDER BY month, model_id
