-- name:     coverage_days
-- question: Which attribution do requests lack?
-- grain:    one row per day
-- columns:  dimensions  JSON | the measures of hourly_request, to be added
SELECT json_object('day', date(hour / 24 * 86400, 'unixepoch')) AS dimensions,
  sum(requests) AS requests, sum(without_tier) AS without_tier, sum(without_user) AS without_user,
  sum(without_application) AS without_application, sum(without_feature) AS without_feature,
  sum(without_workflow) AS without_workflow, sum(without_assistant) AS without_assistant,
  sum(without_thread) AS without_thread, sum(without_session) AS without_session,
  sum(without_environment) AS without_environment,
  sum(attribution_conflicts) AS attribution_conflicts
FROM hourly_request
GROUP BY hour / 24
ORDER BY hour / 24
