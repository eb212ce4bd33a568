-- name:     fallback_premium
-- question: What did failing cost over and above the plan: the attempts that did not serve, and what
--           the serving one cost more than the primary would have?
-- grain:    one row per workflow and kind of the first failure (NULL: none failed, as when a budget
--           took the primary), of requests that failed at first or fell back; the dearest first. What
--           others wasted, by a second call after the answer or a cache that costs, is in NULL too
-- params:   :from, :to  TEXT YYYY-MM-DD or NULL; from is included, to is not
-- columns:  requests, served  count | wasted, serving, planned (of the requests that a model served),
--           premium = wasted + serving - planned, signed  nano-USD
-- check:    premium over all rows is -(retry waste + route price effect) of margin.sql, as every other
--           request is served at the planned price
WITH part AS (
  SELECT workflow_id, kind, requests, served, wasted_nano_usd AS wasted,
    serving_nano_usd AS serving, own_planned_nano_usd AS planned
  FROM daily_fallback
  WHERE day >= coalesce(strftime('%s', :from) / 86400, -1000000)
    AND day < coalesce(strftime('%s', :to) / 86400, 1000000)
  UNION ALL
  SELECT workflow_id, kind, 0, 0, 0, 0, requests * ifnull(mean_nano_usd, 0)
  FROM stand_in_figure
  WHERE served_model_id <> 0 AND day >= coalesce(strftime('%s', :from) / 86400, -1000000)
    AND day < coalesce(strftime('%s', :to) / 86400, 1000000)
  UNION ALL
  SELECT a, 0, 0, 0, sum(wasted), 0, 0
  FROM (
    SELECT a, day, cost_nano_usd - serving_cost_nano_usd AS wasted FROM daily_sum WHERE cut = 1
    UNION ALL
    SELECT workflow_id, day, -wasted_nano_usd FROM daily_fallback
  )
  WHERE day >= coalesce(strftime('%s', :from) / 86400, -1000000)
    AND day < coalesce(strftime('%s', :to) / 86400, 1000000)
  GROUP BY a
  HAVING sum(wasted) <> 0
)
SELECT w.name AS workflow, k.name AS kind, sum(requests) AS requests, sum(served) AS served,
  sum(wasted) AS wasted_nano_usd, sum(serving) AS serving_nano_usd,
  sum(planned) AS planned_nano_usd, sum(wasted + serving - planned) AS premium_nano_usd
FROM part
LEFT JOIN workflow w ON w.id = part.workflow_id
LEFT JOIN failure_kind k ON k.id = part.kind - 1
GROUP BY part.workflow_id, part.kind
ORDER BY premium_nano_usd DESC, workflow, kind
