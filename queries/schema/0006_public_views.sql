-- The public schema: views with names in place of numbers, whose columns stay as they are from version
-- to version. Tables are the program's own. Each view says what a row is, and of each column its unit
-- and meaning: `fallback-ledger schema` and docs/schema.md are made from these lines.
-- Names that a request may lack are looked up one by one, so that what is not asked for is not read; days
-- are found by the calendar, so that a question about some days reads those alone.
-- Money stands twice: *_nano_usd is exact, *_usd for reading (sum the first, divide once).
DROP VIEW requests;
DROP VIEW attempts;
DROP VIEW request_names;

CREATE VIEW requests AS
-- One row a client's request, with all its retries and fallbacks.
-- request_id            | text      | the client's id of the request
-- started_at            | UTC time  | start of its lowest attempt
-- day                   | UTC day   | of its start; all its attempts belong to it
-- month                 | UTC month | of its start
-- tenant_id             | text      | who pays; this and the next eleven as the lowest attempt says
-- tenant_tier           | text      | the event's, else the tenants file's
-- user_id               | text      | the tenant's user
-- application           | text      | the application that asked
-- feature               | text      | the feature of it
-- workflow              | text      | the workflow of it
-- assistant_id          | text      | the assistant
-- thread_id             | text      | the conversation
-- session_id            | text      | the session
-- environment           | text      | such as production or staging
-- traffic_class         | word      | the gateway's, else what the policy in force says
-- primary               | model     | what was asked for, as provider/model
-- primary_group         | text      | the alias under which the gateway pools it
-- served_by             | model     | who answered, as provider/model; NULL: no model did
-- status                | word      | served_primary, served_fallback, served_cached, served_default, deferred, rejected, failed
-- attempts              | count     | calls of a model
-- failed_attempts       | count     | calls that failed
-- unpriced_attempts     | count     | calls without a price, counted at 0
-- is_downgraded         | 0 or 1    | answered by a lower grade, the cache or a default
-- is_ungraded           | 0 or 1    | served by a fallback of which nobody knows the grade
-- is_unplanned          | 0 or 1    | without a planned cost, counted at 0
-- attribution_conflicts | count     | higher attempts that say otherwise than the lowest
-- input_tokens          | tokens    | of all its lines, cached and cache-written ones included
-- cached_input_tokens   | tokens    | read from the provider's cache
-- cache_write_tokens    | tokens    | written to it
-- output_tokens         | tokens    | reasoning included
-- reasoning_tokens      | tokens    | of the output
-- cost_nano_usd         | nano-USD  | of all its lines
-- cost_usd              | USD       | the same for reading
-- wasted_nano_usd       | nano-USD  | of it, what did not serve
-- wasted_usd            | USD       | the same for reading
-- planned_nano_usd      | nano-USD  | what the plan would have cost
-- planned_usd           | USD       | the same for reading
-- revenue_nano_usd      | nano-USD  | what the tenant pays if it is served, its share of a monthly fee included
-- revenue_usd           | USD       | the same for reading
SELECT
  r.request_id,
  strftime('%Y-%m-%dT%H:%M:%S', r.started_ms / 1000, 'unixepoch')
    || printf('.%03dZ', r.started_ms % 1000) AS started_at,
  c.name AS day, c.month,
  tenant.name AS tenant_id,
  (SELECT name FROM tier WHERE id = r.effective_tier_id) AS tenant_tier,
  r.user_id,
  (SELECT name FROM application WHERE id = r.application_id) AS application,
  (SELECT name FROM feature WHERE id = r.feature_id) AS feature,
  (SELECT name FROM workflow WHERE id = r.workflow_id) AS workflow,
  (SELECT name FROM assistant WHERE id = r.assistant_id) AS assistant_id,
  r.thread_id,
  r.session_id,
  (SELECT name FROM environment WHERE id = r.environment_id) AS environment,
  (SELECT name FROM traffic_class WHERE id = r.traffic_class) AS traffic_class,
  pp.name || '/' || pm.name AS "primary", (SELECT name FROM route_group WHERE id = pr.group_id) AS primary_group,
  (SELECT p.name || '/' || m.name FROM model m JOIN provider p ON p.id = m.provider_id
    WHERE m.id = r.served_model_id) AS served_by, request_status.name AS status,
  r.attempts, r.failed_attempts, r.unpriced_attempts, r.is_downgraded, r.is_ungraded,
  r.is_unplanned, r.attribution_conflicts,
  r.input_tokens, r.cached_input_tokens, r.cache_write_tokens, r.output_tokens,
  r.reasoning_tokens,
  r.cost_nano_usd, r.cost_nano_usd / 1e9 AS cost_usd,
  r.cost_nano_usd - r.serving_cost_nano_usd AS wasted_nano_usd,
  (r.cost_nano_usd - r.serving_cost_nano_usd) / 1e9 AS wasted_usd,
  r.planned_nano_usd, r.planned_nano_usd / 1e9 AS planned_usd,
  r.all_revenue_nano_usd AS revenue_nano_usd, r.all_revenue_nano_usd / 1e9 AS revenue_usd
FROM request_figure r
JOIN calendar c ON c.day = r.day
JOIN tenant ON tenant.id = r.tenant_id
JOIN route pr ON pr.id = r.primary_route_id
JOIN model pm ON pm.id = pr.model_id
JOIN provider pp ON pp.id = pm.provider_id
JOIN request_status ON request_status.id = r.status;

-- What an attempt has of its request.
CREATE VIEW request_names AS
SELECT
  r.id, r.request_id,
  tenant.name AS tenant_id,
  (SELECT name FROM tier WHERE id = r.effective_tier_id) AS tenant_tier,
  r.user_id,
  (SELECT name FROM application WHERE id = r.application_id) AS application,
  (SELECT name FROM feature WHERE id = r.feature_id) AS feature,
  (SELECT name FROM workflow WHERE id = r.workflow_id) AS workflow,
  (SELECT name FROM assistant WHERE id = r.assistant_id) AS assistant_id,
  r.thread_id,
  r.session_id,
  (SELECT name FROM environment WHERE id = r.environment_id) AS environment,
  (SELECT name FROM traffic_class WHERE id = r.traffic_class) AS traffic_class,
  pp.name || '/' || pm.name AS "primary", (SELECT name FROM route_group WHERE id = pr.group_id) AS primary_group
FROM request r
JOIN tenant ON tenant.id = r.tenant_id
JOIN route pr ON pr.id = r.primary_route_id
JOIN model pm ON pm.id = pr.model_id
JOIN provider pp ON pp.id = pm.provider_id;

-- Attempts found by their requests' days.
CREATE VIEW attempt_of_day AS
SELECT c.name AS day, c.month, a.*
FROM calendar c JOIN lone_attempt a ON a.request_day = c.day
UNION ALL
SELECT c.name, c.month, a.*
FROM calendar c
CROSS JOIN stored_request r ON r.day = c.day AND r.content_hash IS NULL
CROSS JOIN chained_attempt a ON a.request_id = r.id;

CREATE VIEW attempts AS
-- One row a line of a log: a call of a model, or a step without one.
-- event_id               | text      | identity of the line
-- request_id             | text      | its request
-- attempt                | count     | position in its request, from 0
-- started_at             | UTC time  | start of the attempt
-- day                    | UTC day   | of its request
-- month                  | UTC month | of its request
-- tenant_id              | text      | this and the next twelve are its request's
-- tenant_tier            | text      | as in requests
-- user_id                | text      | as in requests
-- application            | text      | as in requests
-- feature                | text      | as in requests
-- workflow               | text      | as in requests
-- assistant_id           | text      | as in requests
-- thread_id              | text      | as in requests
-- session_id             | text      | as in requests
-- environment            | text      | as in requests
-- traffic_class          | word      | as in requests
-- primary                | model     | as in requests
-- primary_group          | text      | as in requests
-- action                 | word      | model, cached_response, default_response, queue, pause, manual_review, reject
-- provider               | text      | who was called; NULL: no model
-- model                  | text      | its model
-- route_group            | text      | the alias under which the gateway pools it
-- outcome                | word      | success or failure; NULL: no model
-- failure_kind           | word      | why it failed
-- failure_word           | text      | the log's own word where it is none of ours
-- http_status            | number    | what the provider answered
-- failure_message        | text      | its first 1,000 bytes
-- latency_ms             | ms        | how long it took
-- input_tokens           | tokens    | cached and cache-written ones included
-- cached_input_tokens    | tokens    | read from the provider's cache
-- cache_write_tokens     | tokens    | written to it
-- output_tokens          | tokens    | reasoning included
-- reasoning_tokens       | tokens    | of the output
-- cost_nano_usd          | nano-USD  | what counts: reported, else the catalog's, else 0
-- cost_usd               | USD       | the same for reading
-- cost_source            | word      | reported, catalog, unpriced; NULL: costs nothing
-- reported_cost_nano_usd | nano-USD  | what the log says
-- reported_cost_usd      | USD       | the same for reading
-- catalog_cost_nano_usd  | nano-USD  | what prices say, by contract where one holds
-- catalog_cost_usd       | USD       | the same for reading
-- list_cost_nano_usd     | nano-USD  | what the catalog alone says; NULL: no contract holds
-- list_cost_usd          | USD       | the same for reading
-- usage_detail           | JSON      | what few lines say of their tokens, such as service_tier
-- revenue_nano_usd       | nano-USD  | of the request, as this line says
-- revenue_usd            | USD       | the same for reading
-- budget_limit_nano_usd  | nano-USD  | the tenant's month, as the gateway knew it: its limit
-- budget_limit_usd       | USD       | the same for reading
-- budget_spent_nano_usd  | nano-USD  | what was spent of it
-- budget_spent_usd       | USD       | the same for reading
-- prepaid_balance_nano_usd | nano-USD | what was left of a balance paid in advance
-- prepaid_balance_usd    | USD       | the same for reading
-- decision_step          | number    | the step of its class that the gateway ran, from 0
-- decision_reason        | word      | why, as the gateway says
-- file                   | text      | the log it came from
-- line                   | number    | its line there, from 1
SELECT
  a.event_id, n.request_id, a.attempt,
  strftime('%Y-%m-%dT%H:%M:%S', a.started_ms / 1000, 'unixepoch')
    || printf('.%03dZ', a.started_ms % 1000) AS started_at,
  a.day, a.month, n.tenant_id, n.tenant_tier, n.user_id, n.application, n.feature, n.workflow,
  n.assistant_id, n.thread_id, n.session_id, n.environment, n.traffic_class,
  n."primary", n.primary_group,
  action.name AS action,
  (SELECT p.name FROM route JOIN model m ON m.id = route.model_id JOIN provider p ON p.id = m.provider_id
    WHERE route.id = a.route_id) AS provider,
  (SELECT m.name FROM route JOIN model m ON m.id = route.model_id WHERE route.id = a.route_id)
    AS model,
  (SELECT g.name FROM route JOIN route_group g ON g.id = route.group_id WHERE route.id = a.route_id)
    AS route_group,
  (SELECT name FROM outcome WHERE id = a.outcome) AS outcome,
  (SELECT name FROM failure_kind WHERE id = a.failure_kind) AS failure_kind, a.failure_word, a.http_status,
  a.failure_message, a.latency_ms,
  a.input_tokens, a.cached_input_tokens, a.cache_write_tokens, a.output_tokens,
  a.reasoning_tokens,
  a.cost_nano_usd, a.cost_nano_usd / 1e9 AS cost_usd, (SELECT name FROM cost_source WHERE id = a.cost_source) AS cost_source,
  a.reported_cost_nano_usd, a.reported_cost_nano_usd / 1e9 AS reported_cost_usd,
  a.catalog_cost_nano_usd, a.catalog_cost_nano_usd / 1e9 AS catalog_cost_usd,
  a.list_cost_nano_usd, a.list_cost_nano_usd / 1e9 AS list_cost_usd, a.usage_detail,
  a.revenue_nano_usd, a.revenue_nano_usd / 1e9 AS revenue_usd,
  a.budget_limit_nano_usd, a.budget_limit_nano_usd / 1e9 AS budget_limit_usd,
  a.budget_spent_nano_usd, a.budget_spent_nano_usd / 1e9 AS budget_spent_usd,
  a.prepaid_balance_nano_usd, a.prepaid_balance_nano_usd / 1e9 AS prepaid_balance_usd,
  a.decision_step, (SELECT name FROM decision_reason WHERE id = a.decision_reason_id) AS decision_reason, input_file.path AS file, a.line
FROM attempt_of_day a
JOIN request_names n ON n.id = a.request_id
JOIN action ON action.id = a.action
JOIN input_file ON input_file.id = a.file_id;

CREATE VIEW daily AS
-- Sums of requests by all that most questions group by. Reads every request: where it is large, ask
-- daily_by_workflow, daily_by_tenant or daily_by_model, which are kept ready.
-- day                 | UTC day  | of the requests
-- tenant_id           | text     | who pays
-- workflow            | text     | NULL: not given
-- primary             | model    | what was asked for, as provider/model
-- served_by           | model    | who answered; NULL: no model did
-- traffic_class       | word     | the gateway's, else what the policy in force says
-- status              | word     | how the requests ended
-- requests            | count    | with their retries and fallbacks one each
-- attempts            | count    | calls of a model
-- failed_attempts     | count    | calls that failed
-- unpriced_attempts   | count    | calls without a price
-- downgraded          | count    | requests with a lesser answer
-- ungraded            | count    | requests of which nobody knows
-- unplanned           | count    | requests without a planned cost
-- input_tokens        | tokens   | of all lines
-- cached_input_tokens | tokens   | read from the provider's cache
-- cache_write_tokens  | tokens   | written to it
-- output_tokens       | tokens   | reasoning included
-- reasoning_tokens    | tokens   | of the output
-- cost_nano_usd       | nano-USD | of all lines
-- cost_usd            | USD      | the same for reading
-- wasted_nano_usd     | nano-USD | of it, what did not serve
-- wasted_usd          | USD      | the same for reading
-- planned_nano_usd    | nano-USD | what the plan would have cost
-- planned_usd         | USD      | the same for reading
-- revenue_nano_usd    | nano-USD | of all these requests, which status tells apart
-- revenue_usd         | USD      | the same for reading
SELECT g.day, tenant.name AS tenant_id,
  workflow.name AS workflow, pp.name || '/' || pm.name AS "primary",
  sp.name || '/' || sm.name AS served_by, traffic_class.name AS traffic_class,
  request_status.name AS status, g.requests, g.attempts, g.failed_attempts, g.unpriced_attempts,
  g.downgraded, g.ungraded, g.unplanned, g.input_tokens, g.cached_input_tokens,
  g.cache_write_tokens, g.output_tokens, g.reasoning_tokens,
  g.cost_nano_usd, g.cost_nano_usd / 1e9 AS cost_usd,
  g.wasted_nano_usd, g.wasted_nano_usd / 1e9 AS wasted_usd,
  g.planned_nano_usd, g.planned_nano_usd / 1e9 AS planned_usd,
  g.revenue_nano_usd, g.revenue_nano_usd / 1e9 AS revenue_usd
FROM (
  SELECT c.name AS day, tenant_id, workflow_id, primary_model_id, served_model_id, traffic_class, status,
    count(*) AS requests, sum(attempts) AS attempts, sum(failed_attempts) AS failed_attempts,
    sum(unpriced_attempts) AS unpriced_attempts, sum(is_downgraded) AS downgraded,
    sum(is_ungraded) AS ungraded, sum(is_unplanned) AS unplanned,
    sum(input_tokens) AS input_tokens, sum(cached_input_tokens) AS cached_input_tokens,
    sum(cache_write_tokens) AS cache_write_tokens, sum(output_tokens) AS output_tokens,
    sum(reasoning_tokens) AS reasoning_tokens, sum(cost_nano_usd) AS cost_nano_usd,
    sum(cost_nano_usd - serving_cost_nano_usd) AS wasted_nano_usd,
    sum(planned_nano_usd) AS planned_nano_usd, sum(all_revenue_nano_usd) AS revenue_nano_usd
  FROM calendar c JOIN request_figure r ON r.day = c.day
  GROUP BY c.name, tenant_id, workflow_id, primary_model_id, served_model_id, traffic_class, status
) g
JOIN tenant ON tenant.id = g.tenant_id
LEFT JOIN workflow ON workflow.id = g.workflow_id
JOIN model pm ON pm.id = g.primary_model_id
JOIN provider pp ON pp.id = pm.provider_id
LEFT JOIN model sm ON sm.id = g.served_model_id
LEFT JOIN provider sp ON sp.id = sm.provider_id
LEFT JOIN traffic_class ON traffic_class.id = g.traffic_class
JOIN request_status ON request_status.id = g.status;

CREATE VIEW daily_by_workflow AS
-- Sums of requests by workflow and traffic class, kept ready: quick whatever the size of the ledger.
-- day                       | UTC day  | of the requests
-- workflow                  | text     | NULL: not given
-- traffic_class             | word     | the gateway's, else what the policy in force says
-- requests                  | count    | with their retries and fallbacks one each
-- served_primary            | count    | by the model asked for
-- served_fallback           | count    | by another model
-- served_cached             | count    | by a cached answer
-- served_default            | count    | by a default answer
-- deferred                  | count    | queued, paused or in review
-- rejected                  | count    | refused
-- failed                    | count    | without an answer
-- attempts                  | count    | calls of a model
-- failed_attempts           | count    | calls that failed
-- unpriced_attempts         | count    | calls without a price
-- downgraded                | count    | requests with a lesser answer
-- ungraded                  | count    | requests of which nobody knows
-- unplanned                 | count    | requests without a planned cost
-- hit                       | count    | requests of which a call failed
-- rescued                   | count    | of those, served all the same
-- input_tokens              | tokens   | of all lines
-- cached_input_tokens       | tokens   | read from the provider's cache
-- cache_write_tokens        | tokens   | written to it
-- output_tokens             | tokens   | reasoning included
-- reasoning_tokens          | tokens   | of the output
-- cost_nano_usd             | nano-USD | of all lines
-- cost_usd                  | USD      | the same for reading
-- wasted_nano_usd           | nano-USD | of it, what did not serve
-- wasted_usd                | USD      | the same for reading
-- planned_nano_usd          | nano-USD | what the plan would have cost
-- planned_usd               | USD      | the same for reading
-- revenue_nano_usd          | nano-USD | of served requests, shares of monthly fees included
-- revenue_usd               | USD      | the same for reading
-- deferred_revenue_nano_usd | nano-USD | of deferred requests
-- deferred_revenue_usd      | USD      | the same for reading
-- lost_revenue_nano_usd     | nano-USD | of failed and rejected requests
-- lost_revenue_usd          | USD      | the same for reading
-- margin_nano_usd           | nano-USD | revenue less cost
-- margin_usd                | USD      | the same for reading
-- margin_impact_nano_usd    | nano-USD | actual less planned margin: what fallback did
-- margin_impact_usd         | USD      | the same for reading
SELECT c.name AS day, workflow.name AS workflow,
  traffic_class.name AS traffic_class, d.requests, d.served_primary, d.served_fallback,
  d.served_cached, d.served_default, d.deferred, d.rejected, d.failed, d.attempts,
  d.failed_attempts, d.unpriced_attempts, d.downgraded, d.ungraded, d.unplanned,
  d.hit, d.rescued, d.input_tokens, d.cached_input_tokens, d.cache_write_tokens, d.output_tokens,
  d.reasoning_tokens, d.cost_nano_usd, d.cost_nano_usd / 1e9 AS cost_usd,
  d.cost_nano_usd - d.serving_cost_nano_usd AS wasted_nano_usd,
  (d.cost_nano_usd - d.serving_cost_nano_usd) / 1e9 AS wasted_usd,
  d.planned_nano_usd, d.planned_nano_usd / 1e9 AS planned_usd,
  d.served_revenue_nano_usd + d.fee_nano_usd AS revenue_nano_usd,
  (d.served_revenue_nano_usd + d.fee_nano_usd) / 1e9 AS revenue_usd,
  d.deferred_revenue_nano_usd, d.deferred_revenue_nano_usd / 1e9 AS deferred_revenue_usd,
  d.lost_revenue_nano_usd, d.lost_revenue_nano_usd / 1e9 AS lost_revenue_usd,
  d.served_revenue_nano_usd + d.fee_nano_usd - d.cost_nano_usd AS margin_nano_usd,
  (d.served_revenue_nano_usd + d.fee_nano_usd - d.cost_nano_usd) / 1e9 AS margin_usd,
  d.planned_nano_usd - d.cost_nano_usd - d.lost_revenue_nano_usd - d.deferred_revenue_nano_usd
    AS margin_impact_nano_usd,
  (d.planned_nano_usd - d.cost_nano_usd - d.lost_revenue_nano_usd - d.deferred_revenue_nano_usd)
    / 1e9 AS margin_impact_usd
FROM calendar c
CROSS JOIN daily_figure d ON d.day = c.day
LEFT JOIN workflow ON workflow.id = d.a
LEFT JOIN traffic_class ON traffic_class.id = d.b
WHERE d.cut = 1;

CREATE VIEW daily_by_tenant AS
-- Sums of requests by tenant and tier, kept ready: quick whatever the size of the ledger.
-- day                       | UTC day  | of the requests
-- tenant_id                 | text     | who pays
-- tenant_tier               | text     | the event's, else the tenants file's
-- requests                  | count    | with their retries and fallbacks one each
-- served_primary            | count    | by the model asked for
-- served_fallback           | count    | by another model
-- served_cached             | count    | by a cached answer
-- served_default            | count    | by a default answer
-- deferred                  | count    | queued, paused or in review
-- rejected                  | count    | refused
-- failed                    | count    | without an answer
-- attempts                  | count    | calls of a model
-- failed_attempts           | count    | calls that failed
-- unpriced_attempts         | count    | calls without a price
-- downgraded                | count    | requests with a lesser answer
-- ungraded                  | count    | requests of which nobody knows
-- unplanned                 | count    | requests without a planned cost
-- hit                       | count    | requests of which a call failed
-- rescued                   | count    | of those, served all the same
-- input_tokens              | tokens   | of all lines
-- cached_input_tokens       | tokens   | read from the provider's cache
-- cache_write_tokens        | tokens   | written to it
-- output_tokens             | tokens   | reasoning included
-- reasoning_tokens          | tokens   | of the output
-- cost_nano_usd             | nano-USD | of all lines
-- cost_usd                  | USD      | the same for reading
-- wasted_nano_usd           | nano-USD | of it, what did not serve
-- wasted_usd                | USD      | the same for reading
-- planned_nano_usd          | nano-USD | what the plan would have cost
-- planned_usd               | USD      | the same for reading
-- revenue_nano_usd          | nano-USD | of served requests, shares of monthly fees included
-- revenue_usd               | USD      | the same for reading
-- deferred_revenue_nano_usd | nano-USD | of deferred requests
-- deferred_revenue_usd      | USD      | the same for reading
-- lost_revenue_nano_usd     | nano-USD | of failed and rejected requests
-- lost_revenue_usd          | USD      | the same for reading
-- margin_nano_usd           | nano-USD | revenue less cost
-- margin_usd                | USD      | the same for reading
-- margin_impact_nano_usd    | nano-USD | actual less planned margin: what fallback did
-- margin_impact_usd         | USD      | the same for reading
SELECT c.name AS day, tenant.name AS tenant_id,
  tier.name AS tenant_tier, d.requests, d.served_primary, d.served_fallback,
  d.served_cached, d.served_default, d.deferred, d.rejected, d.failed, d.attempts,
  d.failed_attempts, d.unpriced_attempts, d.downgraded, d.ungraded, d.unplanned,
  d.hit, d.rescued, d.input_tokens, d.cached_input_tokens, d.cache_write_tokens, d.output_tokens,
  d.reasoning_tokens, d.cost_nano_usd, d.cost_nano_usd / 1e9 AS cost_usd,
  d.cost_nano_usd - d.serving_cost_nano_usd AS wasted_nano_usd,
  (d.cost_nano_usd - d.serving_cost_nano_usd) / 1e9 AS wasted_usd,
  d.planned_nano_usd, d.planned_nano_usd / 1e9 AS planned_usd,
  d.served_revenue_nano_usd + d.fee_nano_usd AS revenue_nano_usd,
  (d.served_revenue_nano_usd + d.fee_nano_usd) / 1e9 AS revenue_usd,
  d.deferred_revenue_nano_usd, d.deferred_revenue_nano_usd / 1e9 AS deferred_revenue_usd,
  d.lost_revenue_nano_usd, d.lost_revenue_nano_usd / 1e9 AS lost_revenue_usd,
  d.served_revenue_nano_usd + d.fee_nano_usd - d.cost_nano_usd AS margin_nano_usd,
  (d.served_revenue_nano_usd + d.fee_nano_usd - d.cost_nano_usd) / 1e9 AS margin_usd,
  d.planned_nano_usd - d.cost_nano_usd - d.lost_revenue_nano_usd - d.deferred_revenue_nano_usd
    AS margin_impact_nano_usd,
  (d.planned_nano_usd - d.cost_nano_usd - d.lost_revenue_nano_usd - d.deferred_revenue_nano_usd)
    / 1e9 AS margin_impact_usd
FROM calendar c
CROSS JOIN daily_figure d ON d.day = c.day
JOIN tenant ON tenant.id = d.a
LEFT JOIN tier ON tier.id = d.b
WHERE d.cut = 2;

CREATE VIEW daily_by_model AS
-- Sums of requests by the model asked for and the one that served, kept ready: quick whatever the size
-- of the ledger.
-- day                       | UTC day  | of the requests
-- primary                   | model    | what was asked for, as provider/model
-- served_by                 | model    | who answered; NULL: no model did
-- requests                  | count    | with their retries and fallbacks one each
-- served_primary            | count    | by the model asked for
-- served_fallback           | count    | by another model
-- served_cached             | count    | by a cached answer
-- served_default            | count    | by a default answer
-- deferred                  | count    | queued, paused or in review
-- rejected                  | count    | refused
-- failed                    | count    | without an answer
-- attempts                  | count    | calls of a model
-- failed_attempts           | count    | calls that failed
-- unpriced_attempts         | count    | calls without a price
-- downgraded                | count    | requests with a lesser answer
-- ungraded                  | count    | requests of which nobody knows
-- unplanned                 | count    | requests without a planned cost
-- hit                       | count    | requests of which a call failed
-- rescued                   | count    | of those, served all the same
-- input_tokens              | tokens   | of all lines
-- cached_input_tokens       | tokens   | read from the provider's cache
-- cache_write_tokens        | tokens   | written to it
-- output_tokens             | tokens   | reasoning included
-- reasoning_tokens          | tokens   | of the output
-- cost_nano_usd             | nano-USD | of all lines
-- cost_usd                  | USD      | the same for reading
-- wasted_nano_usd           | nano-USD | of it, what did not serve
-- wasted_usd                | USD      | the same for reading
-- planned_nano_usd          | nano-USD | what the plan would have cost
-- planned_usd               | USD      | the same for reading
-- revenue_nano_usd          | nano-USD | of served requests, shares of monthly fees included
-- revenue_usd               | USD      | the same for reading
-- deferred_revenue_nano_usd | nano-USD | of deferred requests
-- deferred_revenue_usd      | USD      | the same for reading
-- lost_revenue_nano_usd     | nano-USD | of failed and rejected requests
-- lost_revenue_usd          | USD      | the same for reading
-- margin_nano_usd           | nano-USD | revenue less cost
-- margin_usd                | USD      | the same for reading
-- margin_impact_nano_usd    | nano-USD | actual less planned margin: what fallback did
-- margin_impact_usd         | USD      | the same for reading
SELECT c.name AS day, pp.name || '/' || pm.name AS "primary",
  sp.name || '/' || sm.name AS served_by, d.requests, d.served_primary, d.served_fallback,
  d.served_cached, d.served_default, d.deferred, d.rejected, d.failed, d.attempts,
  d.failed_attempts, d.unpriced_attempts, d.downgraded, d.ungraded, d.unplanned,
  d.hit, d.rescued, d.input_tokens, d.cached_input_tokens, d.cache_write_tokens, d.output_tokens,
  d.reasoning_tokens, d.cost_nano_usd, d.cost_nano_usd / 1e9 AS cost_usd,
  d.cost_nano_usd - d.serving_cost_nano_usd AS wasted_nano_usd,
  (d.cost_nano_usd - d.serving_cost_nano_usd) / 1e9 AS wasted_usd,
  d.planned_nano_usd, d.planned_nano_usd / 1e9 AS planned_usd,
  d.served_revenue_nano_usd + d.fee_nano_usd AS revenue_nano_usd,
  (d.served_revenue_nano_usd + d.fee_nano_usd) / 1e9 AS revenue_usd,
  d.deferred_revenue_nano_usd, d.deferred_revenue_nano_usd / 1e9 AS deferred_revenue_usd,
  d.lost_revenue_nano_usd, d.lost_revenue_nano_usd / 1e9 AS lost_revenue_usd,
  d.served_revenue_nano_usd + d.fee_nano_usd - d.cost_nano_usd AS margin_nano_usd,
  (d.served_revenue_nano_usd + d.fee_nano_usd - d.cost_nano_usd) / 1e9 AS margin_usd,
  d.planned_nano_usd - d.cost_nano_usd - d.lost_revenue_nano_usd - d.deferred_revenue_nano_usd
    AS margin_impact_nano_usd,
  (d.planned_nano_usd - d.cost_nano_usd - d.lost_revenue_nano_usd - d.deferred_revenue_nano_usd)
    / 1e9 AS margin_impact_usd
FROM calendar c
CROSS JOIN daily_figure d ON d.day = c.day
JOIN model pm ON pm.id = d.a
JOIN provider pp ON pp.id = pm.provider_id
LEFT JOIN model sm ON sm.id = d.b
LEFT JOIN provider sp ON sp.id = sm.provider_id
WHERE d.cut = 3;

CREATE VIEW tenants AS
-- One row a tenant and the day from which terms hold; a tenant without terms has one.
-- tenant_id                | text     | as events name it
-- effective_from           | UTC day  | from which these terms hold; NULL: no terms
-- tier                     | text     | such as free or enterprise
-- monthly_budget_nano_usd  | nano-USD | what the tenant may spend a month; NULL: no limit here
-- monthly_budget_usd       | USD      | the same for reading
-- prepaid_balance_nano_usd | nano-USD | paid in advance
-- prepaid_balance_usd      | USD      | the same for reading
-- monthly_fee_nano_usd     | nano-USD | revenue of a month, shared over the requests served in it
-- monthly_fee_usd          | USD      | the same for reading
-- revenue_per_request_nano_usd | nano-USD | stands in where events carry no revenue
-- revenue_per_request_usd  | USD      | the same for reading
SELECT n.name AS tenant_id, date(t.effective_day * 86400, 'unixepoch') AS effective_from, t.tier,
  t.monthly_budget_nano_usd, t.monthly_budget_nano_usd / 1e9 AS monthly_budget_usd,
  t.prepaid_balance_nano_usd, t.prepaid_balance_nano_usd / 1e9 AS prepaid_balance_usd,
  t.monthly_fee_nano_usd, t.monthly_fee_nano_usd / 1e9 AS monthly_fee_usd,
  t.revenue_per_request_nano_usd, t.revenue_per_request_nano_usd / 1e9 AS revenue_per_request_usd
FROM (SELECT name FROM tenant UNION SELECT tenant FROM tenant_terms) n
LEFT JOIN tenant_terms t ON t.tenant = n.name;

CREATE VIEW prices AS
-- One row a model, the day from which a price holds, and band of it.
-- provider               | text      | of the model
-- model                  | text      | without its provider
-- effective_from         | UTC day   | from which the price holds, until the model's next
-- above_input_tokens     | tokens    | above so many the row holds for the whole attempt; NULL: the base price
-- input_usd              | USD a token, exact text | of input that is neither cached nor cache-written
-- cached_input_usd       | USD a token, exact text | NULL: the input price
-- cache_write_usd        | USD a token, exact text | NULL: the input price
-- output_usd             | USD a token, exact text | reasoning included
-- per_request_usd        | USD a call, exact text  | of the base price
-- input_usd_per_million  | USD       | the same for reading
-- output_usd_per_million | USD       | the same for reading
-- source                 | text      | the kind of catalog it came from
SELECT provider, model, date(effective_day * 86400, 'unixepoch') AS effective_from,
  NULL AS above_input_tokens, input_usd, cached_input_usd, cache_write_usd, output_usd,
  per_request_usd, round(input_usd * 1e6, 9) AS input_usd_per_million,
  round(output_usd * 1e6, 9) AS output_usd_per_million, source
FROM price
UNION ALL
SELECT p.provider, p.model, date(p.effective_day * 86400, 'unixepoch'), b.above_input_tokens,
  b.input_usd, b.cached_input_usd, b.cache_write_usd, b.output_usd, p.per_request_usd,
  round(b.input_usd * 1e6, 9), round(b.output_usd * 1e6, 9), p.source
FROM price_band b JOIN price p ON p.id = b.price_id;

CREATE VIEW policies AS
-- One row a policy that was put in force; on a day the latest holds, of two for one day the later.
-- applied        | number  | the order in which they were applied, from 1
-- effective_from | UTC day | from which it holds
-- name           | text    | as the file says
-- sha256         | hex     | of the file
-- yaml           | text    | the file
SELECT id AS applied, date(from_day * 86400, 'unixepoch') AS effective_from, name,
  lower(hex(sha256)) AS sha256, yaml
FROM policy;

CREATE VIEW rejects AS
-- One row a line that was not admitted.
-- file        | text   | the log it stood in
-- line        | number | its line there, from 1
-- byte_offset | bytes  | where it begins, unpacked
-- code        | word   | why, in a word: malformed, conflict, …
-- reason      | text   | why, in a sentence
-- line_sha256 | hex    | of the line as it came: its identity
-- excerpt     | text   | its first 2,000 bytes; of a well-formed line the known fields alone
-- is_mended   | 0 or 1 | whether it was mended and admitted since
SELECT f.path AS file, r.line, r.byte_offset, r.code, r.reason,
  lower(hex(r.line_sha256)) AS line_sha256, CAST(r.excerpt AS TEXT) AS excerpt,
  r.mended_by IS NOT NULL AS is_mended
FROM rejected_line r JOIN input_file f ON f.id = r.file_id;

CREATE VIEW ingested_files AS
-- One row a log that was taken in, known by what it says and not by its name.
-- path           | text   | under which it was first read
-- format         | word   | native, litellm, …
-- content_sha256 | hex    | of its unpacked bytes
-- bytes          | bytes  | unpacked
-- lines          | count  | accepted + duplicates + conflicts + rejected + blank
-- accepted       | count  | in the ledger
-- duplicates     | count  | on record before, dropped
-- conflicts      | count  | on record with other content
-- rejected       | count  | not admitted
-- blank          | count  | skipped
SELECT path, format, lower(hex(content_sha256)) AS content_sha256, bytes, lines, accepted,
  duplicates, conflicts, rejected, blank
FROM input_file;
