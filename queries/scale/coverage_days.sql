-- name:     coverage_days
-- question: Which attribution do requests lack?
-- grain:    one row per day
-- columns:  dimensions  JSON | the measures of daily_coverage, to be added
SELECT json_object('day', date(day * 86400, 'unixepoch')) AS dimensions,
  requests, without_tier, without_user, without_application, without_feature, without_workflow,
  without_assistant, without_thread, without_session, without_environment, attribution_conflicts
FROM daily_coverage
ORDER BY day
