-- name:     rescued_by_model
-- question: Of the requests in which a call failed, how many were served all the same, by the model
--           asked for?
-- grain:    one row per model asked for, the least rescued first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  hit, rescued  count | rescued_share  0 to 1
-- check:    rescued <= hit
-- reads:    sums of days and months alone
-- takes:    under 0.1 s
WITH part AS (
  -- Whole months are read as such, other days one by one.
  SELECT "primary", hit, rescued
  FROM monthly_by_model
  WHERE first_day >= coalesce(:from, '0000') AND end_day <= coalesce(:to, '9999')
  UNION ALL
  SELECT "primary", hit, rescued
  FROM daily_by_model
  WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
    AND (date(day, 'start of month') < coalesce(:from, '0000')
      OR date(day, 'start of month', '+1 month') > coalesce(:to, '9999'))
)
SELECT "primary", sum(hit) AS hit, sum(rescued) AS rescued,
  round(1.0 * sum(rescued) / sum(hit), 4) AS rescued_share
FROM part
GROUP BY "primary"
HAVING sum(hit) > 0
ORDER BY 1.0 * sum(rescued) / sum(hit), "primary"
