-- The ledger: what a gateway's events say (dimensions, requests, attempts), what is derived from them
-- under the prices, tenants and policies in force, and where every line came from.
-- Money is integer nano-USD (10^-9 USD), instants are UTC milliseconds, days count from 1970-01-01,
-- months are 12 x year + month - 1.

-- Attribution: one table a dimension. An attribution that events leave out is NULL in the facts. Users,
-- threads and sessions, of which a log may have any number, have no table: the facts have their names.
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

-- Requests up to this number are published: reports see them. Later ones are those of a large file
-- that is still being taken in, or was when its run was cut short (`staged_file`).
CREATE TABLE publication (
  id           INTEGER PRIMARY KEY CHECK (id = 0),
  last_request INTEGER NOT NULL
) STRICT;
INSERT INTO publication VALUES (0, 0);

-- How far a large file has been taken in; no row if none is half taken.
CREATE TABLE staged_file (
  id            INTEGER PRIMARY KEY CHECK (id = 0),
  -- Its number to be in input_file.
  file_id       INTEGER NOT NULL,
  path          TEXT    NOT NULL,
  format        TEXT    NOT NULL,
  -- As in input_file, of the lines that were taken.
  lines         INTEGER NOT NULL,
  accepted      INTEGER NOT NULL,
  duplicates    INTEGER NOT NULL,
  conflicts     INTEGER NOT NULL,
  rejected      INTEGER NOT NULL,
  blank         INTEGER NOT NULL,
  new_requests  INTEGER NOT NULL,
  -- The SHA-256 of its first unpacked bytes, among them all of those lines.
  prefix_bytes  INTEGER NOT NULL,
  prefix_sha256 BLOB    NOT NULL CHECK (length(prefix_sha256) = 32)
) STRICT;

-- One row a client's request, and with it its attempt if it has but one; a request of several has
-- them in `stored_attempt`. Read the views `request` and `attempt`, which show both in one shape.
-- Everything from `attribution_conflicts` to `fee_share_nano_usd` follows from the attempts and the
-- prices, tenants and policies in force, and is written again when any of them changes.
CREATE TABLE stored_request (
  id                  INTEGER PRIMARY KEY,
  -- The text, or the 16 bytes of a UUID in small letters.
  request_id          ANY     NOT NULL,
  -- Of the lowest attempt, like the attribution.
  started_ms          INTEGER NOT NULL,
  tenant_id           INTEGER NOT NULL REFERENCES tenant,
  tier_id             INTEGER REFERENCES tier,
  -- Like `thread_id` and `session_id` the text, or the 16 bytes of a UUID in small letters.
  user_id             ANY,
  application_id      INTEGER REFERENCES application,
  feature_id          INTEGER REFERENCES feature,
  workflow_id         INTEGER REFERENCES workflow,
  assistant_id        INTEGER REFERENCES assistant,
  thread_id           ANY,
  session_id          ANY,
  environment_id      INTEGER REFERENCES environment,
  given_class         INTEGER REFERENCES traffic_class,
  primary_route_id    INTEGER NOT NULL REFERENCES route,
  primary_is_stated   INTEGER NOT NULL,
  attribution_conflicts INTEGER NOT NULL,
  -- Of the tenants file where no tier is given, of the policy where no class is.
  terms_tier_id       INTEGER REFERENCES tier,
  policy_class        INTEGER REFERENCES traffic_class,
  primary_model_id    INTEGER NOT NULL REFERENCES model,
  status              INTEGER NOT NULL REFERENCES request_status,
  served_model_id     INTEGER REFERENCES model,
  attempts            INTEGER NOT NULL,
  failed_attempts     INTEGER NOT NULL,
  unpriced_attempts   INTEGER NOT NULL,
  is_downgraded       INTEGER NOT NULL,
  is_ungraded         INTEGER NOT NULL,
  input_tokens        INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  cache_write_tokens  INTEGER NOT NULL,
  output_tokens       INTEGER NOT NULL,
  reasoning_tokens    INTEGER NOT NULL,
  cost_nano_usd         INTEGER NOT NULL,
  -- Of it what no serving attempt cost.
  wasted_nano_usd       INTEGER NOT NULL,
  -- What the serving attempt cost above the request's own planned cost; NULL where it has none and the
  -- mean of other requests stands in (plan_day, plan_month).
  premium_nano_usd      INTEGER,
  -- Of the events, and of the tenants file where they say none; without the share of a monthly fee.
  event_revenue_nano_usd INTEGER,
  terms_revenue_nano_usd INTEGER,
  -- Of several attempts those that the catalog prices, and their cost; of one its cost_source tells.
  catalog_attempts     INTEGER,
  catalog_part_nano_usd INTEGER,
  fee_share_nano_usd   INTEGER NOT NULL DEFAULT 0,
  -- The only attempt: NULL, all of them, if there are several. Its start, tokens, cost and revenue are
  -- the request's. `event_id` as in stored_attempt. What most do not have comes last, where a NULL may
  -- take no room.
  content_hash       INTEGER,
  event_id           ANY,
  position           INTEGER,
  own_index          INTEGER,
  action             INTEGER REFERENCES action,
  route_id           INTEGER REFERENCES route,
  outcome            INTEGER REFERENCES outcome,
  latency_ms         INTEGER,
  budget_limit_nano_usd    INTEGER,
  budget_spent_nano_usd    INTEGER,
  decision_step      INTEGER,
  decision_reason_id INTEGER REFERENCES decision_reason,
  file_id            INTEGER REFERENCES input_file DEFERRABLE INITIALLY DEFERRED,
  line               INTEGER,
  cost_source        INTEGER REFERENCES cost_source,
  prepaid_balance_nano_usd INTEGER,
  catalog_cost_nano_usd    INTEGER,
  failure_kind       INTEGER REFERENCES failure_kind,
  failure_word       TEXT,
  http_status        INTEGER,
  failure_message    TEXT,
  is_retry           INTEGER,
  answered_model_id  INTEGER REFERENCES model,
  usage_detail       TEXT,
  priced_model_id    INTEGER REFERENCES model,
  list_cost_nano_usd INTEGER,
  day                INTEGER GENERATED ALWAYS AS (started_ms / 86400000) VIRTUAL
) STRICT;
CREATE INDEX request_by_day ON stored_request (day);

-- The attempts of the requests that have several, in the order of (position, bytes of the event id).
CREATE TABLE stored_attempt (
  request_id         INTEGER NOT NULL REFERENCES stored_request DEFERRABLE INITIALLY DEFERRED,
  -- From 0.
  place              INTEGER NOT NULL,
  -- The day of its request.
  request_day        INTEGER NOT NULL,
  -- Over the values of the line's fields.
  content_hash       INTEGER NOT NULL,
  -- NULL for the request's id, a slash and the position; the bytes that follow the request's id in it;
  -- the 16 bytes of a UUID in small letters; or the text.
  event_id           ANY,
  position           INTEGER NOT NULL,
  -- The log's own; NULL where it has none and the place stands in.
  own_index          INTEGER,
  started_ms         INTEGER NOT NULL,
  action             INTEGER NOT NULL REFERENCES action,
  route_id           INTEGER REFERENCES route,
  outcome            INTEGER REFERENCES outcome,
  failure_kind       INTEGER REFERENCES failure_kind,
  failure_word       TEXT,
  http_status        INTEGER,
  failure_message    TEXT,
  latency_ms         INTEGER,
  input_tokens       INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  output_tokens      INTEGER NOT NULL,
  reasoning_tokens   INTEGER NOT NULL,
  event_revenue_nano_usd INTEGER,
  budget_limit_nano_usd    INTEGER,
  budget_spent_nano_usd    INTEGER,
  prepaid_balance_nano_usd INTEGER,
  decision_step      INTEGER,
  decision_reason_id INTEGER REFERENCES decision_reason,
  -- 1 where the log marks it as a retry: it is on the route of the attempt before it.
  is_retry           INTEGER,
  -- What the model that answered calls itself, where that is not the route's model.
  answered_model_id  INTEGER REFERENCES model,
  file_id            INTEGER NOT NULL REFERENCES input_file DEFERRABLE INITIALLY DEFERRED,
  line               INTEGER NOT NULL,
  catalog_cost_nano_usd INTEGER,
  -- Derived, as in stored_request; what the log reports if that is its source.
  cost_nano_usd      INTEGER NOT NULL,
  cost_source        INTEGER REFERENCES cost_source,
  -- What few lines say of their tokens: `{"cache_write_1h_tokens":100,"service_tier":"flex"}`.
  usage_detail       TEXT,
  -- The model at whose price the log bills the route, where that is another than the route's own.
  priced_model_id    INTEGER REFERENCES model,
  -- By the catalog alone, where a contract gives another price. Derived.
  list_cost_nano_usd INTEGER,
  PRIMARY KEY (request_id, place)
) STRICT, WITHOUT ROWID;

-- What an attempt says of its request where that is not what the lowest attempt says.
CREATE TABLE attempt_context (
  request_id       INTEGER NOT NULL,
  place            INTEGER NOT NULL,
  tenant_id        INTEGER NOT NULL REFERENCES tenant,
  tier_id          INTEGER REFERENCES tier,
  user_id          ANY,
  application_id   INTEGER REFERENCES application,
  feature_id       INTEGER REFERENCES feature,
  workflow_id      INTEGER REFERENCES workflow,
  assistant_id     INTEGER REFERENCES assistant,
  thread_id        ANY,
  session_id       ANY,
  environment_id   INTEGER REFERENCES environment,
  given_class      INTEGER REFERENCES traffic_class,
  primary_route_id INTEGER REFERENCES route,
  PRIMARY KEY (request_id, place),
  FOREIGN KEY (request_id, place) REFERENCES stored_attempt DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

-- Requests that are not published and go on with one that is: its later lines in a staged file.
CREATE TABLE draft (
  id        INTEGER PRIMARY KEY REFERENCES stored_request DEFERRABLE INITIALLY DEFERRED,
  continues INTEGER NOT NULL UNIQUE REFERENCES stored_request DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- Requests by a 64-bit hash of their id, and of the ids of their events. Kept in runs, as they came, and
-- merged; within a run the keys lie in chunks by their highest bits. The program compares the texts: equal keys prove nothing. An index on
-- the texts would be three times as large, and ten times as slow to write once it is large
-- (docs/decisions/0004).
CREATE TABLE key_run (
  id    INTEGER PRIMARY KEY,
  -- 0: request, 1: event.
  kind  INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 1),
  -- A run has 2^bits chunks.
  bits  INTEGER NOT NULL CHECK (bits BETWEEN 0 AND 20),
  -- Of a row's number.
  number_bytes INTEGER NOT NULL CHECK (number_bytes BETWEEN 3 AND 8),
  keys  INTEGER NOT NULL CHECK (keys > 0)
) STRICT;
CREATE INDEX key_run_by_kind ON key_run (kind);
CREATE TABLE key_chunk (
  -- 2^20 times the run, plus the highest bits of its keys.
  id      INTEGER PRIMARY KEY,
  -- Of each key the lowest 4 bytes of its highest 5, then of each the highest, then the row numbers;
  -- all with the lowest byte first.
  entries BLOB NOT NULL
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

-- A month's sum may be outside 64 bits: it is `planned_carry` x 2^62 + `planned_nano_usd`, which is below 2^62.
-- `floor` and `rest` are that sum divided, and what the parts leave.
CREATE TABLE plan_month (
  month       INTEGER NOT NULL,
  model_id    INTEGER NOT NULL,
  planned_carry    INTEGER NOT NULL,
  planned_nano_usd INTEGER NOT NULL,
  requests    INTEGER NOT NULL,
  rest_nano_usd INTEGER GENERATED ALWAYS AS (
    planned_carry * (4611686018427387904 % requests) + planned_nano_usd % requests),
  floor_nano_usd INTEGER GENERATED ALWAYS AS (
    planned_carry * (4611686018427387904 / requests) + planned_nano_usd / requests
      + rest_nano_usd / requests),
  mean_nano_usd INTEGER GENERATED ALWAYS AS (
    CASE WHEN requests > 0 THEN floor_nano_usd
      + (2 * (rest_nano_usd % requests) + floor_nano_usd % 2 > requests) END),
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

-- A request as a whole, and its attempts one by one, in one shape wherever they are stored.
CREATE VIEW request AS
SELECT
  id,
  CASE typeof(request_id) WHEN 'text' THEN request_id ELSE
    lower(substr(hex(request_id), 1, 8) || '-' || substr(hex(request_id), 9, 4) || '-'
      || substr(hex(request_id), 13, 4) || '-' || substr(hex(request_id), 17, 4) || '-'
      || substr(hex(request_id), 21)) END AS request_id,
  started_ms, day,
  12 * strftime('%Y', day * 86400, 'unixepoch') + strftime('%m', day * 86400, 'unixepoch') - 1
    AS month,
  tenant_id, tier_id,
  CASE typeof(user_id) WHEN 'blob' THEN
    lower(substr(hex(user_id), 1, 8) || '-' || substr(hex(user_id), 9, 4) || '-'
      || substr(hex(user_id), 13, 4) || '-' || substr(hex(user_id), 17, 4) || '-'
      || substr(hex(user_id), 21)) ELSE user_id END AS user_id,
  application_id, feature_id, workflow_id, assistant_id,
  CASE typeof(thread_id) WHEN 'blob' THEN
    lower(substr(hex(thread_id), 1, 8) || '-' || substr(hex(thread_id), 9, 4) || '-'
      || substr(hex(thread_id), 13, 4) || '-' || substr(hex(thread_id), 17, 4) || '-'
      || substr(hex(thread_id), 21)) ELSE thread_id END AS thread_id,
  CASE typeof(session_id) WHEN 'blob' THEN
    lower(substr(hex(session_id), 1, 8) || '-' || substr(hex(session_id), 9, 4) || '-'
      || substr(hex(session_id), 13, 4) || '-' || substr(hex(session_id), 17, 4) || '-'
      || substr(hex(session_id), 21)) ELSE session_id END AS session_id,
  environment_id, given_class, primary_route_id, primary_is_stated,
  attribution_conflicts,
  ifnull(tier_id, terms_tier_id) AS effective_tier_id,
  ifnull(given_class, policy_class) AS traffic_class,
  primary_model_id, status, served_model_id, attempts, failed_attempts, unpriced_attempts,
  is_downgraded, is_ungraded, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
  reasoning_tokens, cost_nano_usd, cost_nano_usd - wasted_nano_usd AS serving_cost_nano_usd,
  wasted_nano_usd, cost_nano_usd - wasted_nano_usd - premium_nano_usd AS own_planned_nano_usd,
  coalesce(event_revenue_nano_usd, terms_revenue_nano_usd, 0) AS revenue_nano_usd,
  fee_share_nano_usd,
  iif(content_hash IS NULL, catalog_attempts, cost_source IS 1) AS catalog_attempts,
  iif(content_hash IS NULL, catalog_part_nano_usd, iif(cost_source IS 1, cost_nano_usd, 0))
    AS catalog_cost_nano_usd
FROM stored_request WHERE id <= (SELECT last_request FROM publication);

-- A line: a call of a model, or a step without one.
-- Of requests with one.
CREATE VIEW lone_attempt AS
SELECT
  id AS request_id, 0 AS place, day AS request_day,
  CASE typeof(event_id)
    WHEN 'text' THEN event_id
    WHEN 'null' THEN (SELECT q.request_id FROM request q WHERE q.id = r.id) || '/' || position
    ELSE iif(length(event_id) = 16,
      lower(substr(hex(event_id), 1, 8) || '-' || substr(hex(event_id), 9, 4) || '-'
        || substr(hex(event_id), 13, 4) || '-' || substr(hex(event_id), 17, 4) || '-'
        || substr(hex(event_id), 21)),
      (SELECT q.request_id FROM request q WHERE q.id = r.id) || CAST(event_id AS TEXT))
  END AS event_id,
  content_hash, position, ifnull(own_index, 0) AS attempt, own_index IS NOT NULL AS has_own_index,
  started_ms, action, route_id, outcome, failure_kind, failure_word, http_status, failure_message,
  latency_ms, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
  reasoning_tokens, iif(cost_source = 0, cost_nano_usd, NULL) AS reported_cost_nano_usd,
  event_revenue_nano_usd AS revenue_nano_usd,
  budget_limit_nano_usd, budget_spent_nano_usd, prepaid_balance_nano_usd, decision_step,
  decision_reason_id, is_retry, answered_model_id, file_id, line, catalog_cost_nano_usd,
  cost_nano_usd, cost_source, usage_detail, priced_model_id, list_cost_nano_usd
FROM stored_request r
WHERE content_hash IS NOT NULL AND id <= (SELECT last_request FROM publication);

-- Of requests with several.
CREATE VIEW chained_attempt AS
SELECT
  request_id, place, request_day,
  CASE typeof(event_id)
    WHEN 'text' THEN event_id
    WHEN 'null' THEN (SELECT q.request_id FROM request q WHERE q.id = a.request_id)
      || '/' || position
    ELSE iif(length(event_id) = 16,
      lower(substr(hex(event_id), 1, 8) || '-' || substr(hex(event_id), 9, 4) || '-'
        || substr(hex(event_id), 13, 4) || '-' || substr(hex(event_id), 17, 4) || '-'
        || substr(hex(event_id), 21)),
      (SELECT q.request_id FROM request q WHERE q.id = a.request_id) || CAST(event_id AS TEXT))
  END AS event_id,
  content_hash, position, ifnull(own_index, place) AS attempt,
  own_index IS NOT NULL AS has_own_index,
  started_ms, action, route_id, outcome, failure_kind, failure_word, http_status, failure_message,
  latency_ms, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
  reasoning_tokens, iif(cost_source = 0, cost_nano_usd, NULL) AS reported_cost_nano_usd,
  event_revenue_nano_usd AS revenue_nano_usd,
  budget_limit_nano_usd, budget_spent_nano_usd, prepaid_balance_nano_usd, decision_step,
  decision_reason_id, is_retry, answered_model_id, file_id, line, catalog_cost_nano_usd,
  cost_nano_usd, cost_source, usage_detail, priced_model_id, list_cost_nano_usd
FROM stored_attempt a WHERE request_id <= (SELECT last_request FROM publication);

CREATE VIEW attempt AS
SELECT * FROM lone_attempt UNION ALL SELECT * FROM chained_attempt;

-- The figures of a request, planned cost and fee included. Reports and the view `requests` read it.
CREATE VIEW request_figure AS
SELECT r.*,
  coalesce(r.own_planned_nano_usd,
    (SELECT d.mean_nano_usd FROM plan_day d
      WHERE d.day = r.day AND d.workflow_id = ifnull(r.workflow_id, 0)
        AND d.model_id = r.primary_model_id),
    (SELECT m.mean_nano_usd FROM plan_month m
      WHERE m.month = r.month AND m.model_id = r.primary_model_id), 0) AS planned_nano_usd,
  coalesce(r.own_planned_nano_usd,
    (SELECT d.mean_nano_usd FROM plan_day d
      WHERE d.day = r.day AND d.workflow_id = ifnull(r.workflow_id, 0)
        AND d.model_id = r.primary_model_id),
    (SELECT m.mean_nano_usd FROM plan_month m
      WHERE m.month = r.month AND m.model_id = r.primary_model_id)) IS NULL AS is_unplanned,
  r.revenue_nano_usd + r.fee_share_nano_usd AS all_revenue_nano_usd
FROM request r;

-- The names behind a request's numbers, for the two views below.
CREATE VIEW request_names AS
SELECT
  r.id, r.request_id,
  date(r.day * 86400, 'unixepoch') AS day,
  substr(date(r.day * 86400, 'unixepoch'), 1, 7) AS month,
  tenant.name AS tenant_id, tier.name AS tenant_tier, r.user_id,
  application.name AS application, feature.name AS feature, workflow.name AS workflow,
  assistant.name AS assistant_id, r.thread_id, r.session_id,
  environment.name AS environment, traffic_class.name AS traffic_class,
  pp.name || '/' || pm.name AS "primary", pg.name AS primary_group
FROM request r
JOIN tenant ON tenant.id = r.tenant_id
LEFT JOIN tier ON tier.id = r.effective_tier_id
LEFT JOIN application ON application.id = r.application_id
LEFT JOIN feature ON feature.id = r.feature_id
LEFT JOIN workflow ON workflow.id = r.workflow_id
LEFT JOIN assistant ON assistant.id = r.assistant_id
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
  a.reported_cost_nano_usd, a.catalog_cost_nano_usd, a.list_cost_nano_usd, a.usage_detail,
  a.revenue_nano_usd,
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
