-- name:     cuts_add_up
-- promise:  cost by tenant, primary, day, month and called model adds up to the total
-- grain:    one row per cut whose count or sum is another than the total's
-- A cut joins the names that its groups are printed with: what has no name would fall out of it. The
-- view `requests` joins all of them. Whole USD and what is left of them are added apart, as the sum of all days may
-- be outside 64 bits of nano-USD.
WITH total AS (
  SELECT 'requests' AS kind, count(*) AS rows_, ifnull(sum(cost_nano_usd / 1000000000), 0) AS usd,
    ifnull(sum(cost_nano_usd % 1000000000), 0) AS nano
  FROM request
  UNION ALL
  SELECT 'attempts', (SELECT count(*) FROM attempt), ifnull(sum(cost_nano_usd / 1000000000), 0),
    ifnull(sum(cost_nano_usd % 1000000000), 0)
  FROM request
),
cut AS (
  SELECT 1 AS place, 'all of the view' AS name, 'requests' AS kind, count(*) AS rows_,
    sum(cost_nano_usd / 1000000000) AS usd, sum(cost_nano_usd % 1000000000) AS nano
  FROM requests
  UNION ALL
  SELECT 2, 'by tenant', 'requests', sum(g.n), sum(g.usd), sum(g.nano)
  FROM (
    SELECT tenant_id, count(*) AS n, sum(cost_nano_usd / 1000000000) AS usd,
      sum(cost_nano_usd % 1000000000) AS nano
    FROM request GROUP BY tenant_id
  ) g
  JOIN tenant ON tenant.id = g.tenant_id
  UNION ALL
  SELECT 3, 'by primary', 'requests', sum(g.n), sum(g.usd), sum(g.nano)
  FROM (
    SELECT primary_model_id, count(*) AS n, sum(cost_nano_usd / 1000000000) AS usd,
      sum(cost_nano_usd % 1000000000) AS nano
    FROM request GROUP BY primary_model_id
  ) g
  JOIN model ON model.id = g.primary_model_id
  JOIN provider ON provider.id = model.provider_id
  UNION ALL
  -- A day is wholly in its month.
  SELECT 4, 'by day and month', 'requests', sum(g.n), sum(g.usd), sum(g.nano)
  FROM (
    SELECT day, month, count(*) AS n, sum(cost_nano_usd / 1000000000) AS usd,
      sum(cost_nano_usd % 1000000000) AS nano
    FROM request GROUP BY day, month
  ) g
  WHERE g.month = strftime('%Y', g.day * 86400, 'unixepoch') * 12
    + strftime('%m', g.day * 86400, 'unixepoch') - 1
  UNION ALL
  SELECT 5, 'by called model', 'attempts', sum(g.n), sum(g.usd), sum(g.nano)
  FROM (
    SELECT route_id, count(*) AS n, sum(cost_nano_usd / 1000000000) AS usd,
      sum(cost_nano_usd % 1000000000) AS nano
    FROM attempt GROUP BY route_id
  ) g
  LEFT JOIN route ON route.id = g.route_id
  LEFT JOIN model ON model.id = route.model_id
  LEFT JOIN provider ON provider.id = model.provider_id
  WHERE g.route_id IS NULL OR provider.id IS NOT NULL
),
held AS (
  SELECT cut.place, total.kind || ', ' || cut.name AS subject,
    ifnull(cut.rows_, 0) || ' of ' || printf('%d.%09d USD', ifnull(cut.usd, 0)
      + ifnull(cut.nano, 0) / 1000000000, ifnull(cut.nano, 0) % 1000000000) AS found,
    total.rows_ || ' of ' || printf('%d.%09d USD', total.usd + total.nano / 1000000000,
      total.nano % 1000000000) AS expected
  FROM cut JOIN total ON total.kind = cut.kind
)
SELECT subject, found, expected FROM held WHERE found <> expected ORDER BY place
