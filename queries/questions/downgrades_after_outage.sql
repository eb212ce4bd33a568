-- name:     downgrades_after_outage
-- question: How long after an outage began did downgrades rise?
-- grain:    one row per provider and hour that begins an outage: at least :least of its calls
--           failed, and half of all
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- param:    least  count  failures of an hour that make an outage; left out: 3
-- columns:  began_at  UTC time of the first failure | first_downgrade_at  UTC time, NULL: none that
--           day | minutes  between the two
-- check:    none
-- reads:    every attempt of its days
-- takes:    26 s a month of 5 million requests
WITH hours AS (
  SELECT provider, substr(started_at, 1, 13) AS hour, min(CASE outcome WHEN 'failure' THEN started_at END)
    AS began_at
  FROM attempts
  WHERE action = 'model' AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
  GROUP BY provider, hour
  HAVING sum(outcome = 'failure') >= coalesce(:least, 3) AND sum(outcome = 'failure') * 2 >= count(*)
),
starts AS (
  SELECT provider, began_at FROM hours h
  WHERE NOT EXISTS (SELECT 1 FROM hours b WHERE b.provider = h.provider
    AND b.hour = strftime('%Y-%m-%dT%H', h.hour || ':00', '-1 hour'))
)
SELECT provider, began_at, first_downgrade_at,
  round((julianday(first_downgrade_at) - julianday(began_at)) * 1440, 1) AS minutes
FROM (
  SELECT provider, began_at,
    (SELECT min(r.started_at) FROM requests r
      WHERE r.is_downgraded AND r.day = substr(began_at, 1, 10) AND r.started_at >= began_at)
      AS first_downgrade_at
  FROM starts
)
ORDER BY began_at, provider
