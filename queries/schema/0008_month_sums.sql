-- Sums of months beside those of days, so that a question about months or years takes the time of a few
-- thousand rows (docs/decisions/0011). Sums of days and months alike keep what means stand in for, so that
-- reading one looks nothing up.
DROP VIEW daily_figure;
DROP TABLE daily_sum;

-- As before, and of the requests without a planned cost of their own (`stand_in_sum`): what the means of
-- their days say they would have cost, and how many of them wait for the mean of a month.
CREATE TABLE daily_sum (
  cut                 INTEGER NOT NULL CHECK (cut IN (1, 2, 3)),
  day                 INTEGER NOT NULL,
  a                   INTEGER NOT NULL,
  b                   INTEGER NOT NULL,
  requests            INTEGER NOT NULL,
  served_primary      INTEGER NOT NULL,
  served_fallback     INTEGER NOT NULL,
  served_cached       INTEGER NOT NULL,
  served_default      INTEGER NOT NULL,
  deferred            INTEGER NOT NULL,
  rejected            INTEGER NOT NULL,
  failed              INTEGER NOT NULL,
  attempts            INTEGER NOT NULL,
  failed_attempts     INTEGER NOT NULL,
  unpriced_attempts   INTEGER NOT NULL,
  downgraded          INTEGER NOT NULL,
  ungraded            INTEGER NOT NULL,
  -- Requests of which an attempt failed, and those of them that were served all the same.
  hit                 INTEGER NOT NULL,
  rescued             INTEGER NOT NULL,
  input_tokens        INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  cache_write_tokens  INTEGER NOT NULL,
  output_tokens       INTEGER NOT NULL,
  reasoning_tokens    INTEGER NOT NULL,
  cost_nano_usd             INTEGER NOT NULL,
  serving_cost_nano_usd     INTEGER NOT NULL,
  own_planned_nano_usd      INTEGER NOT NULL,
  served_revenue_nano_usd   INTEGER NOT NULL,
  deferred_revenue_nano_usd INTEGER NOT NULL,
  lost_revenue_nano_usd     INTEGER NOT NULL,
  fee_nano_usd              INTEGER NOT NULL,
  -- Attempts that prices say the cost of, and that cost.
  catalog_attempts          INTEGER NOT NULL,
  catalog_cost_nano_usd     INTEGER NOT NULL,
  stood_in_nano_usd         INTEGER NOT NULL DEFAULT 0,
  waiting                   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (cut, day, a, b)
) STRICT, WITHOUT ROWID;

-- The same of whole months (`day` is 0). A month of which any of these sums leaves 64 bits is kept by its days
-- instead, which `day` then names.
CREATE TABLE monthly_sum (
  cut                 INTEGER NOT NULL CHECK (cut IN (1, 2, 3)),
  month               INTEGER NOT NULL,
  day                 INTEGER NOT NULL,
  a                   INTEGER NOT NULL,
  b                   INTEGER NOT NULL,
  requests            INTEGER NOT NULL,
  served_primary      INTEGER NOT NULL,
  served_fallback     INTEGER NOT NULL,
  served_cached       INTEGER NOT NULL,
  served_default      INTEGER NOT NULL,
  deferred            INTEGER NOT NULL,
  rejected            INTEGER NOT NULL,
  failed              INTEGER NOT NULL,
  attempts            INTEGER NOT NULL,
  failed_attempts     INTEGER NOT NULL,
  unpriced_attempts   INTEGER NOT NULL,
  downgraded          INTEGER NOT NULL,
  ungraded            INTEGER NOT NULL,
  hit                 INTEGER NOT NULL,
  rescued             INTEGER NOT NULL,
  input_tokens        INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  cache_write_tokens  INTEGER NOT NULL,
  output_tokens       INTEGER NOT NULL,
  reasoning_tokens    INTEGER NOT NULL,
  cost_nano_usd             INTEGER NOT NULL,
  serving_cost_nano_usd     INTEGER NOT NULL,
  own_planned_nano_usd      INTEGER NOT NULL,
  served_revenue_nano_usd   INTEGER NOT NULL,
  deferred_revenue_nano_usd INTEGER NOT NULL,
  lost_revenue_nano_usd     INTEGER NOT NULL,
  fee_nano_usd              INTEGER NOT NULL,
  catalog_attempts          INTEGER NOT NULL,
  catalog_cost_nano_usd     INTEGER NOT NULL,
  stood_in_nano_usd         INTEGER NOT NULL DEFAULT 0,
  waiting                   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (cut, month, day, a, b)
) STRICT, WITHOUT ROWID;

-- The waiting requests of a row of `monthly_sum` by the model asked for, whose mean of the month stands in.
CREATE TABLE monthly_wait (
  cut      INTEGER NOT NULL CHECK (cut IN (1, 2, 3)),
  month    INTEGER NOT NULL,
  day      INTEGER NOT NULL,
  a        INTEGER NOT NULL,
  b        INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  PRIMARY KEY (cut, month, day, a, b, model_id)
) STRICT, WITHOUT ROWID;

-- A cell of the sums with its planned costs whole. Few have requests that wait.
CREATE VIEW daily_figure AS
SELECT d.*,
  CASE d.waiting WHEN 0 THEN 0 ELSE (
    SELECT ifnull(sum(s.unplanned), 0) FROM stand_in_part s
    WHERE s.cut = d.cut AND s.day = d.day AND s.a = d.a AND s.b = d.b) END AS unplanned,
  d.own_planned_nano_usd + CASE d.waiting WHEN 0 THEN d.stood_in_nano_usd ELSE (
    SELECT ifnull(sum(s.planned_nano_usd), 0) FROM stand_in_part s
    WHERE s.cut = d.cut AND s.day = d.day AND s.a = d.a AND s.b = d.b) END AS planned_nano_usd
FROM daily_sum d;

CREATE VIEW monthly_figure AS
SELECT s.*,
  CASE s.waiting WHEN 0 THEN 0 ELSE (
    SELECT ifnull(sum(iif(m.mean_nano_usd IS NULL, w.requests, 0)), 0)
    FROM monthly_wait w LEFT JOIN plan_month m ON m.month = w.month AND m.model_id = w.model_id
    WHERE w.cut = s.cut AND w.month = s.month AND w.day = s.day AND w.a = s.a AND w.b = s.b) END AS unplanned,
  s.own_planned_nano_usd + s.stood_in_nano_usd + CASE s.waiting WHEN 0 THEN 0 ELSE (
    SELECT ifnull(sum(w.requests * m.mean_nano_usd), 0)
    FROM monthly_wait w JOIN plan_month m ON m.month = w.month AND m.model_id = w.model_id
    WHERE w.cut = s.cut AND w.month = s.month AND w.day = s.day AND w.a = s.a AND w.b = s.b) END AS planned_nano_usd
FROM monthly_sum s;

-- The months that requests are of, by number (12 x year + month - 1) and as they are written.
CREATE VIEW calendar_month AS
SELECT DISTINCT 12 * substr(month, 1, 4) + substr(month, 6, 2) - 1 AS number, month AS name,
  month || '-01' AS first_day, date(month || '-01', '+1 month') AS end_day
FROM calendar;

CREATE VIEW monthly_by_workflow AS
-- Sums of whole months of requests by workflow and traffic class, kept ready: quick over years.
-- A month of which a sum leaves 64 bits has a row a day.
-- month                     | UTC month | of the requests
-- first_day                 | UTC day  | the first of the month
-- end_day                   | UTC day  | the day after its last
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
SELECT c.name AS month, c.first_day, c.end_day, workflow.name AS workflow,
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
FROM calendar_month c
CROSS JOIN monthly_figure d ON d.month = c.number
LEFT JOIN workflow ON workflow.id = d.a
LEFT JOIN traffic_class ON traffic_class.id = d.b
WHERE d.cut = 1;

CREATE VIEW monthly_by_tenant AS
-- Sums of whole months of requests by tenant and tier, kept ready: quick over years.
-- A month of which a sum leaves 64 bits has a row a day.
-- month                     | UTC month | of the requests
-- first_day                 | UTC day  | the first of the month
-- end_day                   | UTC day  | the day after its last
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
SELECT c.name AS month, c.first_day, c.end_day, tenant.name AS tenant_id,
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
FROM calendar_month c
CROSS JOIN monthly_figure d ON d.month = c.number
JOIN tenant ON tenant.id = d.a
LEFT JOIN tier ON tier.id = d.b
WHERE d.cut = 2;

CREATE VIEW monthly_by_model AS
-- Sums of whole months of requests by the model asked for and the one that served, kept ready: quick over years.
-- A month of which a sum leaves 64 bits has a row a day.
-- month                     | UTC month | of the requests
-- first_day                 | UTC day  | the first of the month
-- end_day                   | UTC day  | the day after its last
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
SELECT c.name AS month, c.first_day, c.end_day, pp.name || '/' || pm.name AS "primary",
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
FROM calendar_month c
CROSS JOIN monthly_figure d ON d.month = c.number
JOIN model pm ON pm.id = d.a
JOIN provider pp ON pp.id = pm.provider_id
LEFT JOIN model sm ON sm.id = d.b
LEFT JOIN provider sp ON sp.id = sm.provider_id
WHERE d.cut = 3;

-- Names are looked up one by one in all of these, so that what is not asked for is not read; in `daily`
-- after grouping. Attempts are joined to their requests, so that no row of them is put aside.
DROP VIEW requests;
DROP VIEW attempts;
DROP VIEW attempt_of_day;
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
  (SELECT name FROM tenant WHERE id = r.tenant_id) AS tenant_id,
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
  (SELECT p.name || '/' || m.name FROM model m JOIN provider p ON p.id = m.provider_id
    WHERE m.id = r.primary_model_id) AS "primary",
  (SELECT g.name FROM route JOIN route_group g ON g.id = route.group_id
    WHERE route.id = r.primary_route_id) AS primary_group,
  (SELECT p.name || '/' || m.name FROM model m JOIN provider p ON p.id = m.provider_id
    WHERE m.id = r.served_model_id) AS served_by,
  (SELECT name FROM request_status WHERE id = r.status) AS status,
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
JOIN calendar c ON c.day = r.day;

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
-- Of `l`, a request's only attempt, and `a`, one of several, one is always missing.
SELECT
  ifnull(l.event_id, a.event_id) AS event_id, r.request_id, ifnull(l.attempt, a.attempt) AS attempt,
  strftime('%Y-%m-%dT%H:%M:%S', ifnull(l.started_ms, a.started_ms) / 1000, 'unixepoch')
    || printf('.%03dZ', ifnull(l.started_ms, a.started_ms) % 1000) AS started_at,
  c.name AS day, c.month,
  (SELECT name FROM tenant WHERE id = r.tenant_id) AS tenant_id,
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
  (SELECT p.name || '/' || m.name FROM model m JOIN provider p ON p.id = m.provider_id
    WHERE m.id = r.primary_model_id) AS "primary",
  (SELECT g.name FROM route JOIN route_group g ON g.id = route.group_id
    WHERE route.id = r.primary_route_id) AS primary_group,
  (SELECT name FROM action WHERE id = ifnull(l.action, a.action)) AS action,
  (SELECT p.name FROM route JOIN model m ON m.id = route.model_id
    JOIN provider p ON p.id = m.provider_id
    WHERE route.id = ifnull(l.route_id, a.route_id)) AS provider,
  (SELECT m.name FROM route JOIN model m ON m.id = route.model_id
    WHERE route.id = ifnull(l.route_id, a.route_id)) AS model,
  (SELECT g.name FROM route JOIN route_group g ON g.id = route.group_id
    WHERE route.id = ifnull(l.route_id, a.route_id)) AS route_group,
  (SELECT name FROM outcome WHERE id = ifnull(l.outcome, a.outcome)) AS outcome,
  (SELECT name FROM failure_kind WHERE id = ifnull(l.failure_kind, a.failure_kind)) AS failure_kind,
  ifnull(l.failure_word, a.failure_word) AS failure_word,
  ifnull(l.http_status, a.http_status) AS http_status,
  ifnull(l.failure_message, a.failure_message) AS failure_message,
  ifnull(l.latency_ms, a.latency_ms) AS latency_ms,
  ifnull(l.input_tokens, a.input_tokens) AS input_tokens,
  ifnull(l.cached_input_tokens, a.cached_input_tokens) AS cached_input_tokens,
  ifnull(l.cache_write_tokens, a.cache_write_tokens) AS cache_write_tokens,
  ifnull(l.output_tokens, a.output_tokens) AS output_tokens,
  ifnull(l.reasoning_tokens, a.reasoning_tokens) AS reasoning_tokens,
  ifnull(l.cost_nano_usd, a.cost_nano_usd) AS cost_nano_usd,
  ifnull(l.cost_nano_usd, a.cost_nano_usd) / 1e9 AS cost_usd,
  (SELECT name FROM cost_source WHERE id = ifnull(l.cost_source, a.cost_source)) AS cost_source,
  ifnull(l.reported_cost_nano_usd, a.reported_cost_nano_usd) AS reported_cost_nano_usd,
  ifnull(l.reported_cost_nano_usd, a.reported_cost_nano_usd) / 1e9 AS reported_cost_usd,
  ifnull(l.catalog_cost_nano_usd, a.catalog_cost_nano_usd) AS catalog_cost_nano_usd,
  ifnull(l.catalog_cost_nano_usd, a.catalog_cost_nano_usd) / 1e9 AS catalog_cost_usd,
  ifnull(l.list_cost_nano_usd, a.list_cost_nano_usd) AS list_cost_nano_usd,
  ifnull(l.list_cost_nano_usd, a.list_cost_nano_usd) / 1e9 AS list_cost_usd,
  ifnull(l.usage_detail, a.usage_detail) AS usage_detail,
  ifnull(l.revenue_nano_usd, a.revenue_nano_usd) AS revenue_nano_usd,
  ifnull(l.revenue_nano_usd, a.revenue_nano_usd) / 1e9 AS revenue_usd,
  ifnull(l.budget_limit_nano_usd, a.budget_limit_nano_usd) AS budget_limit_nano_usd,
  ifnull(l.budget_limit_nano_usd, a.budget_limit_nano_usd) / 1e9 AS budget_limit_usd,
  ifnull(l.budget_spent_nano_usd, a.budget_spent_nano_usd) AS budget_spent_nano_usd,
  ifnull(l.budget_spent_nano_usd, a.budget_spent_nano_usd) / 1e9 AS budget_spent_usd,
  ifnull(l.prepaid_balance_nano_usd, a.prepaid_balance_nano_usd) AS prepaid_balance_nano_usd,
  ifnull(l.prepaid_balance_nano_usd, a.prepaid_balance_nano_usd) / 1e9 AS prepaid_balance_usd,
  ifnull(l.decision_step, a.decision_step) AS decision_step,
  (SELECT name FROM decision_reason
    WHERE id = ifnull(l.decision_reason_id, a.decision_reason_id)) AS decision_reason,
  (SELECT path FROM input_file WHERE id = ifnull(l.file_id, a.file_id)) AS file, ifnull(l.line, a.line) AS line
FROM calendar c
JOIN request r ON r.day = c.day
LEFT JOIN lone_attempt l ON l.request_id = r.id
LEFT JOIN chained_attempt a ON a.request_id = iif(l.request_id IS NULL, r.id, NULL);

DROP VIEW daily;
CREATE VIEW daily AS
-- Sums of requests by all that most questions group by. Reads every request of its days,
-- about 5 s a million: where the ledger is large, ask daily_by_workflow, daily_by_tenant or daily_by_model, which
-- are kept ready.
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
SELECT g.day, (SELECT name FROM tenant WHERE id = g.tenant_id) AS tenant_id,
  (SELECT name FROM workflow WHERE id = g.workflow_id) AS workflow,
  (SELECT p.name || '/' || m.name FROM model m JOIN provider p ON p.id = m.provider_id
    WHERE m.id = g.primary_model_id) AS "primary",
  (SELECT p.name || '/' || m.name FROM model m JOIN provider p ON p.id = m.provider_id
    WHERE m.id = g.served_model_id) AS served_by,
  (SELECT name FROM traffic_class WHERE id = g.traffic_class) AS traffic_class,
  (SELECT name FROM request_status WHERE id = g.status) AS status,
  g.requests, g.attempts, g.failed_attempts, g.unpriced_attempts,
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
) g;
