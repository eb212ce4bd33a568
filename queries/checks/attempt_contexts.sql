-- name:     attempt_contexts
-- promise:  what attempts say of their request in their own words has its names and its attempt
-- grain:    one row per attempt whose own context names what is not there
SELECT
  'context of attempt ' || c.place || ' of request number ' || c.request_id AS subject,
  'a number without a name' AS found,
  'names of attribution and a route' AS expected
FROM attempt_context c
WHERE NOT EXISTS (
  SELECT * FROM stored_attempt a WHERE a.request_id = c.request_id AND a.place = c.place)
  OR NOT EXISTS (SELECT * FROM tenant WHERE id = c.tenant_id)
  OR (c.tier_id IS NOT NULL AND NOT EXISTS (SELECT * FROM tier WHERE id = c.tier_id))
  OR (c.application_id IS NOT NULL
    AND NOT EXISTS (SELECT * FROM application WHERE id = c.application_id))
  OR (c.feature_id IS NOT NULL AND NOT EXISTS (SELECT * FROM feature WHERE id = c.feature_id))
  OR (c.workflow_id IS NOT NULL AND NOT EXISTS (SELECT * FROM workflow WHERE id = c.workflow_id))
  OR (c.assistant_id IS NOT NULL
    AND NOT EXISTS (SELECT * FROM assistant WHERE id = c.assistant_id))
  OR (c.environment_id IS NOT NULL
    AND NOT EXISTS (SELECT * FROM environment WHERE id = c.environment_id))
  OR (c.given_class IS NOT NULL
    AND NOT EXISTS (SELECT * FROM traffic_class WHERE id = c.given_class))
  OR (c.primary_route_id IS NOT NULL
    AND NOT EXISTS (SELECT * FROM route WHERE id = c.primary_route_id))
ORDER BY c.request_id, c.place
