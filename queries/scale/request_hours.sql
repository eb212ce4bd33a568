-- name:     request_hours
-- question: When did requests start, and which attribution do they lack?
-- grain:    one row per hour
-- columns:  dimensions  JSON | the measures of hourly_request, to be added
SELECT json_object('hour', strftime('%Y-%m-%dT%H:00Z', hour * 3600, 'unixepoch')) AS dimensions,
  requests, downgraded, without_tier, without_user, without_application, without_feature,
  without_workflow, without_assistant, without_thread, without_session, without_environment,
  attribution_conflicts
FROM hourly_request
ORDER BY hour
