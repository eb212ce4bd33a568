-- name:     week_over_week_by_feature
-- question: How did the cost of each feature change from one week to the next?
-- grain:    one row per feature and ISO week (by its Monday), with requests, features by name
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  requests  count | cost_usd  USD | change  share of the week before: 0.1 is a tenth more,
--           NULL: none before
-- check:    cost_usd adds up to that of days_at_a_glance
-- reads:    every request of its days
-- takes:    12 s a month of 5 million requests
WITH weeks AS (
  SELECT feature, date(day, '-6 days', 'weekday 1') AS week, count(*) AS requests,
    sum(cost_nano_usd) AS cost
  FROM requests
  WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
  GROUP BY feature, week
)
SELECT n.feature, n.week, n.requests, n.cost / 1e9 AS cost_usd,
  round(1.0 * (n.cost - b.cost) / nullif(b.cost, 0), 4) AS change
FROM weeks n
LEFT JOIN weeks b ON b.feature IS n.feature AND b.week = date(n.week, '-7 days')
ORDER BY n.feature, n.week
