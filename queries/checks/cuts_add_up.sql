-- name:     cuts_add_up
-- promise:  cost by tenant, primary, day, month and called model adds up to the total
-- grain:    one row per cut whose sum over the documented views is another than the total
WITH total AS (SELECT count(*) AS rows_, ifnull(sum(cost_nano_usd), 0) AS cost FROM request),
total_attempt AS (
  SELECT count(*) AS rows_, ifnull(sum(cost_nano_usd), 0) AS cost FROM attempt
),
cut AS (
  SELECT 1 AS place, 'requests by tenant' AS name, ifnull(sum(n), 0) AS rows_,
    ifnull(sum(c), 0) AS cost, 'requests' AS kind
  FROM (SELECT count(*) AS n, sum(cost_nano_usd) AS c FROM requests GROUP BY tenant_id)
  UNION ALL
  SELECT 2, 'requests by primary', ifnull(sum(n), 0), ifnull(sum(c), 0), 'requests'
  FROM (SELECT count(*) AS n, sum(cost_nano_usd) AS c FROM requests GROUP BY "primary")
  UNION ALL
  SELECT 3, 'requests by day', ifnull(sum(n), 0), ifnull(sum(c), 0), 'requests'
  FROM (SELECT count(*) AS n, sum(cost_nano_usd) AS c FROM requests GROUP BY day)
  UNION ALL
  SELECT 4, 'requests by month', ifnull(sum(n), 0), ifnull(sum(c), 0), 'requests'
  FROM (SELECT count(*) AS n, sum(cost_nano_usd) AS c FROM requests GROUP BY month)
  UNION ALL
  SELECT 5, 'attempts by called model', ifnull(sum(n), 0), ifnull(sum(c), 0), 'attempts'
  FROM (SELECT count(*) AS n, sum(cost_nano_usd) AS c FROM attempts GROUP BY provider, model)
)
SELECT
  cut.name AS subject,
  cut.rows_ || ' ' || cut.kind || ' of ' || cut.cost || ' nano-USD' AS found,
  whole.rows_ || ' ' || cut.kind || ' of ' || whole.cost || ' nano-USD' AS expected
FROM cut
JOIN (
  SELECT 'requests' AS kind, rows_, cost FROM total
  UNION ALL SELECT 'attempts', rows_, (SELECT cost FROM total) FROM total_attempt
) whole ON whole.kind = cut.kind
WHERE cut.rows_ <> whole.rows_ OR cut.cost <> whole.cost
ORDER BY cut.place
