-- name:     loops
-- question: Which sessions spend like a runaway agent?
-- grain:    one row per tenant, session and UTC day that reaches a guard, or that costs ten times the
--           mean of that day's sessions in at least twenty requests; the dearest first
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not | :per_minute  count of
--           requests, :per_day  nano-USD: the guards, NULL for none
-- columns:  requests, busiest (most requests in any sixty seconds)  count | cost  nano-USD |
--           first_at, last_at  UTC milliseconds of the first and last start
-- check:    none: most sessions are not listed
WITH asked AS (
  SELECT tenant_id, session_id, day, started_ms, cost_nano_usd,
    count(*) OVER (PARTITION BY tenant_id, session_id, day ORDER BY started_ms
      RANGE BETWEEN 59999 PRECEDING AND CURRENT ROW) AS in_minute
  FROM request
  WHERE session_id IS NOT NULL
    AND day >= coalesce(strftime('%s', :from) / 86400, -1000000)
    AND day < coalesce(strftime('%s', :to) / 86400, 1000000)
),
session_day AS (
  SELECT tenant_id, session_id, day, count(*) AS requests, max(in_minute) AS busiest,
    sum(cost_nano_usd) AS cost, min(started_ms) AS first_at, max(started_ms) AS last_at
  FROM asked GROUP BY tenant_id, session_id, day
),
mean AS (SELECT day, sum(cost) / count(*) AS cost FROM session_day GROUP BY day)
SELECT t.name AS tenant_id, d.session_id, d.day, d.requests, d.busiest,
  d.cost AS cost_nano_usd, d.first_at, d.last_at,
  ifnull(d.busiest >= :per_minute, 0) AS reaches_minute, ifnull(d.cost >= :per_day, 0) AS reaches_day
FROM session_day d JOIN mean m ON m.day = d.day
JOIN tenant t ON t.id = d.tenant_id
WHERE d.busiest >= :per_minute OR d.cost >= :per_day
  OR (d.requests >= 20 AND d.cost >= 10 * m.cost AND d.cost > 0)
ORDER BY d.cost DESC, d.requests DESC, tenant_id, session_id, d.day
LIMIT 100
