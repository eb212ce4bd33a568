-- The ledger: what a gateway's events say (dimensions, request, attempt), what is derived from them
-- under the prices, tenants and policies in force, and where every line came from.
-- Money is integer nano-USD (10^-9 USD), instants are UTC milliseconds, days count from 1970-01-01,
-- months are 12 x year + month - 1.

-- Attribution: one table a dimension. An attribution that events leave out is NULL in the facts.
CREATE TABLE tenant       (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE tier         (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE application  (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE feature      (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE workflow     (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE assistant    (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE environment  (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE decision_reason (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE provider     (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE route_group  (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- Names without bound. Their texts are found by a hash in the tables of keys below.
CREATE TABLE user         (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE thread       (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE session      (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;

CREATE TABLE model (
  id          INTEGER PRIMARY KEY,
  provider_id INTEGER NOT NULL REFERENCES provider,
  name        TEXT    NOT NULL,
  UNIQUE (provider_id, name)
) STRICT;

CREATE TABLE route (
  id       INTEGER PRIMARY KEY,
  model_id INTEGER NOT NULL REFERENCES model,
  group_id INTEGER REFERENCES route_group
) STRICT;
CREATE UNIQUE INDEX route_by_parts ON route (model_id, ifnull(group_id, 0));

-- Words with a fixed meaning. The program's numbers for them are tested against these rows.
CREATE TABLE traffic_class  (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE action         (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE outcome        (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE failure_kind   (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE request_status (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE cost_source    (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

INSERT INTO traffic_class VALUES
  (0, 'critical_user_facing'), (1, 'non_critical_user_facing'), (2, 'internal_automation'),
  (3, 'batch'), (4, 'experiment');
INSERT INTO action VALUES
  (0, 'model'), (1, 'cached_response'), (2, 'default_response'), (3, 'queue'), (4, 'pause'),
  (5, 'manual_review'), (6, 'reject');
INSERT INTO outcome VALUES (0, 'success'), (1, 'failure');
INSERT INTO failure_kind VALUES
  (0, 'timeout'), (1, 'rate_limited'), (2, 'server_error'), (3, 'network'), (4, 'overloaded'),
  (5, 'stream_dropped'), (6, 'invalid_api_key'), (7, 'malformed_request'),
  (8, 'unsupported_tool_schema'), (9, 'content_policy'), (10, 'quota_exhausted'),
  (11, 'validation_failed'), (12, 'context_window_exceeded'), (13, 'unknown');
INSERT INTO request_status VALUES
  (0, 'served_primary'), (1, 'served_fallback'), (2, 'served_cached'), (3, 'served_default'),
  (4, 'deferred'), (5, 'rejected'), (6, 'failed');
INSERT INTO cost_source VALUES (0, 'reported'), (1, 'catalog'), (2, 'unpriced');

-- Where lines came from. A file is known by what it says, not by its name or compression.
CREATE TABLE input_file (
  id             INTEGER PRIMARY KEY,
  content_sha256 BLOB    NOT NULL UNIQUE CHECK (length(content_sha256) = 32),
  path           TEXT    NOT NULL,
  format         TEXT    NOT NULL,
  bytes          INTEGER NOT NULL CHECK (bytes >= 0),
  lines          INTEGER NOT NULL,
  accepted       INTEGER NOT NULL,
  duplicates     INTEGER NOT NULL,
  conflicts      INTEGER NOT NULL,
  rejected       INTEGER NOT NULL,
  blank          INTEGER NOT NULL,
  CHECK (lines = accepted + duplicates + conflicts + rejected + blank)
) STRICT;

-- The compressed forms in which a file was seen, so that the same one need not be read again.
CREATE TABLE file_copy (
  raw_sha256 BLOB    PRIMARY KEY CHECK (length(raw_sha256) = 32),
  file_id    INTEGER NOT NULL REFERENCES input_file
) STRICT, WITHOUT ROWID;

-- Fields that a source has and the ledger does not read.
CREATE TABLE ignored_field (
  file_id INTEGER NOT NULL REFERENCES input_file,
  name    TEXT    NOT NULL,
  lines   INTEGER NOT NULL,
  PRIMARY KEY (file_id, name)
) STRICT, WITHOUT ROWID;

-- The quarantine: lines that were not admitted.
CREATE TABLE rejected_line (
  id          INTEGER PRIMARY KEY,
  file_id     INTEGER NOT NULL REFERENCES input_file DEFERRABLE INITIALLY DEFERRED,
  line        INTEGER NOT NULL CHECK (line >= 1),
  byte_offset INTEGER NOT NULL CHECK (byte_offset >= 0),
  code        TEXT    NOT NULL,
  reason      TEXT    NOT NULL,
  line_sha256 BLOB    NOT NULL CHECK (length(line_sha256) = 32),
  -- Its first 2,000 bytes; of a well-formed line only the fields that the ledger knows.
  excerpt     BLOB    NOT NULL,
  UNIQUE (file_id, line)
) STRICT;
CREATE INDEX rejected_line_by_sha256 ON rejected_line (line_sha256);

-- One row a client's request. Everything after `attribution_conflicts` follows from its attempts
-- and the prices, tenants and policies in force, and is written again when any of them changes.
CREATE TABLE request (
  id                  INTEGER PRIMARY KEY,
  request_id          TEXT    NOT NULL,
  started_ms          INTEGER NOT NULL,
  day                 INTEGER NOT NULL,
  month               INTEGER NOT NULL,
  -- As the lowest attempt says.
  tenant_id           INTEGER NOT NULL REFERENCES tenant,
  tier_id             INTEGER REFERENCES tier,
  user_id             INTEGER REFERENCES user,
  application_id      INTEGER REFERENCES application,
  feature_id          INTEGER REFERENCES feature,
  workflow_id         INTEGER REFERENCES workflow,
  assistant_id        INTEGER REFERENCES assistant,
  thread_id           INTEGER REFERENCES thread,
  session_id          INTEGER REFERENCES session,
  environment_id      INTEGER REFERENCES environment,
  given_class         INTEGER REFERENCES traffic_class,
  primary_route_id    INTEGER NOT NULL REFERENCES route,
  primary_is_stated   INTEGER NOT NULL CHECK (primary_is_stated IN (0, 1)),
  attribution_conflicts INTEGER NOT NULL,
  -- The given tier, else the tenants file's; the given class, else the policy's.
  effective_tier_id   INTEGER REFERENCES tier,
  traffic_class       INTEGER REFERENCES traffic_class,
  primary_model_id    INTEGER NOT NULL REFERENCES model,
  status              INTEGER NOT NULL REFERENCES request_status,
  served_model_id     INTEGER REFERENCES model,
  attempts            INTEGER NOT NULL,
  failed_attempts     INTEGER NOT NULL,
  unpriced_attempts   INTEGER NOT NULL,
  is_downgraded       INTEGER NOT NULL CHECK (is_downgraded IN (0, 1)),
  is_ungraded         INTEGER NOT NULL CHECK (is_ungraded IN (0, 1)),
  input_tokens        INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  cache_write_tokens  INTEGER NOT NULL,
  output_tokens       INTEGER NOT NULL,
  reasoning_tokens    INTEGER NOT NULL,
  cost_nano_usd         INTEGER NOT NULL,
  serving_cost_nano_usd INTEGER NOT NULL,
  -- NULL where the mean of other requests stands in (plan_day, plan_month).
  own_planned_nano_usd  INTEGER,
  -- Of the events, else of the tenants file; without the share of a monthly fee.
  revenue_nano_usd      INTEGER NOT NULL,
  fee_share_nano_usd    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX request_by_start ON request (started_ms);

-- One row a line: a call of a model, or a step without one.
CREATE TABLE attempt (
  id                 INTEGER PRIMARY KEY,
  request_id         INTEGER NOT NULL REFERENCES request DEFERRABLE INITIALLY DEFERRED,
  event_id           TEXT    NOT NULL,
  content_hash       BLOB    NOT NULL CHECK (length(content_hash) = 16),
  position           INTEGER NOT NULL,
  attempt            INTEGER NOT NULL,
  has_own_index      INTEGER NOT NULL CHECK (has_own_index IN (0, 1)),
  started_ms         INTEGER NOT NULL,
  action             INTEGER NOT NULL REFERENCES action,
  route_id           INTEGER REFERENCES route,
  outcome            INTEGER REFERENCES outcome,
  failure_kind       INTEGER REFERENCES failure_kind,
  failure_word       TEXT,
  http_status        INTEGER,
  failure_message    TEXT,
  latency_ms         INTEGER CHECK (latency_ms >= 0),
  input_tokens       INTEGER NOT NULL CHECK (input_tokens >= 0),
  cached_input_tokens INTEGER NOT NULL CHECK (cached_input_tokens >= 0),
  cache_write_tokens INTEGER NOT NULL CHECK (cache_write_tokens >= 0),
  output_tokens      INTEGER NOT NULL CHECK (output_tokens >= 0),
  reasoning_tokens   INTEGER NOT NULL CHECK (reasoning_tokens >= 0),
  reported_cost_nano_usd INTEGER CHECK (reported_cost_nano_usd >= 0),
  revenue_nano_usd   INTEGER CHECK (revenue_nano_usd >= 0),
  budget_limit_nano_usd    INTEGER,
  budget_spent_nano_usd    INTEGER,
  prepaid_balance_nano_usd INTEGER,
  decision_step      INTEGER,
  decision_reason_id INTEGER REFERENCES decision_reason,
  -- The log marks it as a retry: it is on the route of the attempt before it.
  is_retry           INTEGER NOT NULL DEFAULT 0 CHECK (is_retry IN (0, 1)),
  -- What the model that answered calls itself, where that is not the route's model.
  answered_model_id  INTEGER REFERENCES model,
  file_id            INTEGER NOT NULL REFERENCES input_file DEFERRABLE INITIALLY DEFERRED,
  line               INTEGER NOT NULL,
  -- Derived, as in request.
  catalog_cost_nano_usd INTEGER,
  cost_nano_usd      INTEGER NOT NULL DEFAULT 0,
  cost_source        INTEGER REFERENCES cost_source
) STRICT;
CREATE INDEX attempt_by_request ON attempt (request_id, position);

-- Rows by a 64-bit hash of their text: of a request's id, an event's id, a name without bound. The
-- program sees to it that no text has two rows; an index on the texts themselves would be
-- larger, and slower to write the more rows there are (docs/decisions/0004).
CREATE TABLE request_key (key INTEGER, id INTEGER, PRIMARY KEY (key, id)) STRICT, WITHOUT ROWID;
CREATE TABLE event_key   (key INTEGER, id INTEGER, PRIMARY KEY (key, id)) STRICT, WITHOUT ROWID;
CREATE TABLE user_key    (key INTEGER, id INTEGER, PRIMARY KEY (key, id)) STRICT, WITHOUT ROWID;
CREATE TABLE thread_key  (key INTEGER, id INTEGER, PRIMARY KEY (key, id)) STRICT, WITHOUT ROWID;
CREATE TABLE session_key (key INTEGER, id INTEGER, PRIMARY KEY (key, id)) STRICT, WITHOUT ROWID;

-- What an attempt says of its request where that is not what the lowest attempt says.
CREATE TABLE attempt_context (
  attempt_id       INTEGER PRIMARY KEY REFERENCES attempt,
  tenant_id        INTEGER NOT NULL,
  tier_id          INTEGER,
  user_id          INTEGER,
  application_id   INTEGER,
  feature_id       INTEGER,
  workflow_id      INTEGER,
  assistant_id     INTEGER,
  thread_id        INTEGER,
  session_id       INTEGER,
  environment_id   INTEGER,
  given_class      INTEGER,
  primary_route_id INTEGER
) STRICT;

-- Planned cost of the requests that have one of their own, for the means that stand in for the
-- others: by UTC day, workflow (0: none) and primary, and by UTC month and primary. Means round half
-- to even.
CREATE TABLE plan_day (
  day         INTEGER NOT NULL,
  workflow_id INTEGER NOT NULL,
  model_id    INTEGER NOT NULL,
  planned_nano_usd INTEGER NOT NULL,
  requests    INTEGER NOT NULL,
  mean_nano_usd INTEGER GENERATED ALWAYS AS (
    CASE WHEN requests > 0 THEN planned_nano_usd / requests
      + (2 * (planned_nano_usd % requests) + (planned_nano_usd / requests) % 2 > requests) END),
  PRIMARY KEY (day, workflow_id, model_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_month (
  month       INTEGER NOT NULL,
  model_id    INTEGER NOT NULL,
  planned_nano_usd INTEGER NOT NULL,
  requests    INTEGER NOT NULL,
  mean_nano_usd INTEGER GENERATED ALWAYS AS (
    CASE WHEN requests > 0 THEN planned_nano_usd / requests
      + (2 * (planned_nano_usd % requests) + (planned_nano_usd / requests) % 2 > requests) END),
  PRIMARY KEY (month, model_id)
) STRICT, WITHOUT ROWID;

-- Prices in USD per token as exact decimal text, by model and the day from which they hold.
CREATE TABLE price (
  id             INTEGER PRIMARY KEY,
  provider       TEXT    NOT NULL,
  model          TEXT    NOT NULL,
  effective_day  INTEGER NOT NULL,
  input_usd      TEXT    NOT NULL,
  cached_input_usd TEXT,
  cache_write_usd  TEXT,
  output_usd     TEXT    NOT NULL,
  per_request_usd TEXT   NOT NULL,
  source         TEXT    NOT NULL,
  UNIQUE (provider, model, effective_day)
) STRICT;

CREATE TABLE price_band (
  price_id       INTEGER NOT NULL REFERENCES price,
  above_input_tokens INTEGER NOT NULL CHECK (above_input_tokens >= 0),
  input_usd      TEXT    NOT NULL,
  cached_input_usd TEXT,
  cache_write_usd  TEXT,
  output_usd     TEXT    NOT NULL,
  PRIMARY KEY (price_id, above_input_tokens)
) STRICT, WITHOUT ROWID;

CREATE TABLE tenant_terms (
  tenant         TEXT    NOT NULL,
  effective_day  INTEGER NOT NULL,
  tier           TEXT,
  monthly_budget_nano_usd  INTEGER,
  prepaid_balance_nano_usd INTEGER,
  monthly_fee_nano_usd     INTEGER,
  revenue_per_request_nano_usd INTEGER,
  PRIMARY KEY (tenant, effective_day)
) STRICT, WITHOUT ROWID;

-- Policies as they were applied. On a day the latest `from_day` holds; of two for one day, the later.
CREATE TABLE policy (
  id       INTEGER PRIMARY KEY,
  from_day INTEGER NOT NULL,
  name     TEXT    NOT NULL,
  sha256   BLOB    NOT NULL CHECK (length(sha256) = 32),
  yaml     TEXT    NOT NULL
) STRICT;

-- The figures of a request, planned cost and fee included. Reports and the view `requests` read it.
CREATE VIEW request_figure AS
SELECT r.*,
  coalesce(r.own_planned_nano_usd, d.mean_nano_usd, m.mean_nano_usd, 0) AS planned_nano_usd,
  r.own_planned_nano_usd IS NULL AND d.mean_nano_usd IS NULL AND m.mean_nano_usd IS NULL
    AS is_unplanned,
  r.revenue_nano_usd + r.fee_share_nano_usd AS all_revenue_nano_usd
FROM request r
LEFT JOIN plan_day d ON r.own_planned_nano_usd IS NULL
  AND d.day = r.day AND d.workflow_id = ifnull(r.workflow_id, 0) AND d.model_id = r.primary_model_id
LEFT JOIN plan_month m ON r.own_planned_nano_usd IS NULL
  AND m.month = r.month AND m.model_id = r.primary_model_id;

-- The names behind a request's numbers, for the two views below.
CREATE VIEW request_names AS
SELECT
  r.id, r.request_id,
  date(r.day * 86400, 'unixepoch') AS day,
  substr(date(r.day * 86400, 'unixepoch'), 1, 7) AS month,
  tenant.name AS tenant_id, tier.name AS tenant_tier, user.name AS user_id,
  application.name AS application, feature.name AS feature, workflow.name AS workflow,
  assistant.name AS assistant_id, thread.name AS thread_id, session.name AS session_id,
  environment.name AS environment, traffic_class.name AS traffic_class,
  pp.name || '/' || pm.name AS "primary", pg.name AS primary_group
FROM request r
JOIN tenant ON tenant.id = r.tenant_id
LEFT JOIN tier ON tier.id = r.effective_tier_id
LEFT JOIN user ON user.id = r.user_id
LEFT JOIN application ON application.id = r.application_id
LEFT JOIN feature ON feature.id = r.feature_id
LEFT JOIN workflow ON workflow.id = r.workflow_id
LEFT JOIN assistant ON assistant.id = r.assistant_id
LEFT JOIN thread ON thread.id = r.thread_id
LEFT JOIN session ON session.id = r.session_id
LEFT JOIN environment ON environment.id = r.environment_id
LEFT JOIN traffic_class ON traffic_class.id = r.traffic_class
JOIN route pr ON pr.id = r.primary_route_id
JOIN model pm ON pm.id = pr.model_id
JOIN provider pp ON pp.id = pm.provider_id
LEFT JOIN route_group pg ON pg.id = pr.group_id;

-- For people: names, not numbers; *_usd is for reading, the exact figure is *_nano_usd.
CREATE VIEW requests AS
SELECT
  r.request_id,
  strftime('%Y-%m-%dT%H:%M:%S', r.started_ms / 1000, 'unixepoch')
    || printf('.%03dZ', r.started_ms % 1000) AS started_at,
  n.day, n.month, n.tenant_id, n.tenant_tier, n.user_id, n.application, n.feature, n.workflow,
  n.assistant_id, n.thread_id, n.session_id, n.environment, n.traffic_class,
  n."primary", n.primary_group,
  sp.name || '/' || sm.name AS served_by, request_status.name AS status,
  r.attempts, r.failed_attempts, r.unpriced_attempts, r.is_downgraded, r.is_ungraded,
  r.is_unplanned, r.attribution_conflicts,
  r.input_tokens, r.cached_input_tokens, r.cache_write_tokens, r.output_tokens, r.reasoning_tokens,
  r.cost_nano_usd, r.cost_nano_usd / 1e9 AS cost_usd,
  r.cost_nano_usd - r.serving_cost_nano_usd AS wasted_nano_usd,
  (r.cost_nano_usd - r.serving_cost_nano_usd) / 1e9 AS wasted_usd,
  r.planned_nano_usd, r.planned_nano_usd / 1e9 AS planned_usd,
  r.all_revenue_nano_usd AS revenue_nano_usd, r.all_revenue_nano_usd / 1e9 AS revenue_usd
FROM request_figure r
JOIN request_names n ON n.id = r.id
JOIN request_status ON request_status.id = r.status
LEFT JOIN model sm ON sm.id = r.served_model_id
LEFT JOIN provider sp ON sp.id = sm.provider_id;

CREATE VIEW attempts AS
SELECT
  a.event_id, n.request_id, a.attempt,
  strftime('%Y-%m-%dT%H:%M:%S', a.started_ms / 1000, 'unixepoch')
    || printf('.%03dZ', a.started_ms % 1000) AS started_at,
  n.day, n.month, n.tenant_id, n.tenant_tier, n.user_id, n.application, n.feature, n.workflow,
  n.assistant_id, n.thread_id, n.session_id, n.environment, n.traffic_class,
  n."primary", n.primary_group,
  action.name AS action, ap.name AS provider, am.name AS model, ag.name AS route_group,
  outcome.name AS outcome, failure_kind.name AS failure_kind, a.failure_word, a.http_status,
  a.failure_message, a.latency_ms,
  a.input_tokens, a.cached_input_tokens, a.cache_write_tokens, a.output_tokens, a.reasoning_tokens,
  a.cost_nano_usd, a.cost_nano_usd / 1e9 AS cost_usd, cost_source.name AS cost_source,
  a.reported_cost_nano_usd, a.catalog_cost_nano_usd, a.revenue_nano_usd,
  a.budget_limit_nano_usd, a.budget_spent_nano_usd, a.prepaid_balance_nano_usd,
  a.decision_step, decision_reason.name AS decision_reason, input_file.path AS file, a.line
FROM attempt a
JOIN request_names n ON n.id = a.request_id
JOIN action ON action.id = a.action
LEFT JOIN route ar ON ar.id = a.route_id
LEFT JOIN model am ON am.id = ar.model_id
LEFT JOIN provider ap ON ap.id = am.provider_id
LEFT JOIN route_group ag ON ag.id = ar.group_id
LEFT JOIN outcome ON outcome.id = a.outcome
LEFT JOIN failure_kind ON failure_kind.id = a.failure_kind
LEFT JOIN cost_source ON cost_source.id = a.cost_source
LEFT JOIN decision_reason ON decision_reason.id = a.decision_reason_id
JOIN input_file ON input_file.id = a.file_id;
