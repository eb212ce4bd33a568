-- name:     rescued_by_model
-- question: Of the requests in which a call failed, how many were served all the same, by the model
--           asked for?
-- grain:    one row per model asked for, the least rescued first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  hit, rescued  count | rescued_share  0 to 1
-- check:    rescued <= hit
-- reads:    the daily sums alone: a fraction of a second (scripts/bench reports)
SELECT "primary", sum(hit) AS hit, sum(rescued) AS rescued,
  round(1.0 * sum(rescued) / sum(hit), 4) AS rescued_share
FROM daily_by_model
WHERE day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY "primary"
HAVING sum(hit) > 0
ORDER BY 1.0 * sum(rescued) / sum(hit), "primary"
