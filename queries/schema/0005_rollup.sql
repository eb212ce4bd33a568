-- Sums that reports read: small tables that are kept up to date as requests are derived, and that
-- `verify` makes again. Each row counts something in its first value; a row that counts nothing is
-- not there. Days are those of requests; 0 stands for no workflow, tier or model, -1 for no class.

-- Measures of requests, cut three ways (`cut`): 1 by workflow (a) and traffic class (b), 2 by tenant
-- (a) and effective tier (b), 3 by the model asked for (a) and the one that served (b). All cuts add up to the
-- same. Planned costs are those that requests have of their own, fees apart from other revenue.
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
  PRIMARY KEY (cut, day, a, b)
) STRICT, WITHOUT ROWID;

-- Requests without a planned cost of their own: a mean stands in, which is known when it is asked for.
-- `kind` is that of the first failure, from 1 in the order of `failure_kind`; 0: nothing failed.
CREATE TABLE daily_stand_in (
  day              INTEGER NOT NULL,
  workflow_id      INTEGER NOT NULL,
  traffic_class    INTEGER NOT NULL,
  tenant_id        INTEGER NOT NULL,
  tier_id          INTEGER NOT NULL,
  primary_model_id INTEGER NOT NULL,
  served_model_id  INTEGER NOT NULL,
  kind             INTEGER NOT NULL,
  requests         INTEGER NOT NULL,
  PRIMARY KEY (day, workflow_id, traffic_class, tenant_id, tier_id, primary_model_id,
    served_model_id, kind)
) STRICT, WITHOUT ROWID;

-- Stand-ins cut as `daily_sum` is, with the means of their days: what reports add to planned costs, made
-- anew for each day that a transaction touches. Where the day has no mean, `model_id` and `month` (both 0
-- else) say whose mean of the month holds. `unserved`: of the requests, those that no model served; what
-- they would have cost is avoided.
CREATE TABLE stand_in_sum (
  cut              INTEGER NOT NULL CHECK (cut IN (1, 2, 3)),
  day              INTEGER NOT NULL,
  a                INTEGER NOT NULL,
  b                INTEGER NOT NULL,
  month            INTEGER NOT NULL,
  model_id         INTEGER NOT NULL,
  requests         INTEGER NOT NULL,
  unserved         INTEGER NOT NULL,
  planned_nano_usd INTEGER NOT NULL,
  avoided_nano_usd INTEGER NOT NULL,
  PRIMARY KEY (cut, day, a, b, month, model_id)
) STRICT, WITHOUT ROWID;

-- Calls of models by how they ended. `result`: 0 a success, else the kind of failure, from 1.
-- `followed`: another call came after the failure; `misused`: though the policy in force says that such
-- a failure is not to be retried, and what that next call cost. `compared`: the log reports a cost and
-- the catalog knows one too.
CREATE TABLE daily_attempt (
  day               INTEGER NOT NULL,
  model_id          INTEGER NOT NULL,
  result            INTEGER NOT NULL,
  attempts          INTEGER NOT NULL,
  cost_nano_usd     INTEGER NOT NULL,
  followed          INTEGER NOT NULL,
  misused           INTEGER NOT NULL,
  misused_nano_usd  INTEGER NOT NULL,
  unpriced          INTEGER NOT NULL,
  compared          INTEGER NOT NULL,
  reported_nano_usd INTEGER NOT NULL,
  catalog_nano_usd  INTEGER NOT NULL,
  PRIMARY KEY (day, model_id, result)
) STRICT, WITHOUT ROWID;

-- Calls of providers by the hour, since 1970, in which their request started.
CREATE TABLE hourly_attempt (
  hour             INTEGER NOT NULL,
  provider_id      INTEGER NOT NULL,
  attempts         INTEGER NOT NULL,
  failures         INTEGER NOT NULL,
  failed_nano_usd  INTEGER NOT NULL,
  followed         INTEGER NOT NULL,
  misused          INTEGER NOT NULL,
  misused_nano_usd INTEGER NOT NULL,
  PRIMARY KEY (hour, provider_id)
) STRICT, WITHOUT ROWID;

-- Requests that failed at first or fell back, by the kind of their first failure (0: none failed).
CREATE TABLE daily_fallback (
  day                  INTEGER NOT NULL,
  workflow_id          INTEGER NOT NULL,
  kind                 INTEGER NOT NULL,
  requests             INTEGER NOT NULL,
  served               INTEGER NOT NULL,
  wasted_nano_usd      INTEGER NOT NULL,
  serving_nano_usd     INTEGER NOT NULL,
  own_planned_nano_usd INTEGER NOT NULL,
  PRIMARY KEY (day, workflow_id, kind)
) STRICT, WITHOUT ROWID;

-- Downgraded requests by what brought the lesser answer about, and those of them that a model below
-- the floor of their class served.
CREATE TABLE downgrade_cause (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO downgrade_cause VALUES
  (0, 'failure'), (1, 'budget'), (2, 'tier_gate'), (3, 'last_resort'), (4, 'other');

CREATE TABLE daily_downgrade (
  day           INTEGER NOT NULL,
  workflow_id   INTEGER NOT NULL,
  traffic_class INTEGER NOT NULL,
  tier_id       INTEGER NOT NULL,
  cause         INTEGER NOT NULL,
  requests      INTEGER NOT NULL,
  below_floor   INTEGER NOT NULL,
  PRIMARY KEY (day, workflow_id, traffic_class, tier_id, cause)
) STRICT, WITHOUT ROWID;

-- Requests by the hour, since 1970, in which they started, and those of them whose lowest attempt does
-- not give a field of attribution.
CREATE TABLE hourly_request (
  hour                  INTEGER NOT NULL PRIMARY KEY,
  requests              INTEGER NOT NULL,
  downgraded            INTEGER NOT NULL,
  without_tier          INTEGER NOT NULL,
  without_user          INTEGER NOT NULL,
  without_application   INTEGER NOT NULL,
  without_feature       INTEGER NOT NULL,
  without_workflow      INTEGER NOT NULL,
  without_assistant     INTEGER NOT NULL,
  without_thread        INTEGER NOT NULL,
  without_session       INTEGER NOT NULL,
  without_environment   INTEGER NOT NULL,
  attribution_conflicts INTEGER NOT NULL
) STRICT;

-- The days that requests are of, by number since 1970 and as they are written: what is asked of some
-- days finds their rows by it.
CREATE TABLE calendar (
  day   INTEGER PRIMARY KEY,
  name  TEXT NOT NULL UNIQUE,
  month TEXT NOT NULL
) STRICT;

-- The latest limit that events named of a tenant's month; of two at once the larger.
CREATE TABLE budget_limit (
  month          INTEGER NOT NULL,
  tenant_id      INTEGER NOT NULL,
  at_ms          INTEGER NOT NULL,
  limit_nano_usd INTEGER NOT NULL,
  PRIMARY KEY (month, tenant_id)
) STRICT, WITHOUT ROWID;

-- Stand-ins with the mean that holds for each of their requests; NULL: unplanned.
CREATE VIEW stand_in_figure AS
SELECT s.*, coalesce(d.mean_nano_usd, (
  SELECT m.mean_nano_usd FROM plan_month m
  WHERE m.model_id = s.primary_model_id
    AND m.month = 12 * strftime('%Y', s.day * 86400, 'unixepoch')
      + strftime('%m', s.day * 86400, 'unixepoch') - 1)) AS mean_nano_usd
FROM daily_stand_in s
LEFT JOIN plan_day d
  ON d.day = s.day AND d.workflow_id = s.workflow_id AND d.model_id = s.primary_model_id;

-- What stand-ins add to the measures of each cut.
CREATE VIEW stand_in_part AS
SELECT s.cut, s.day, s.a, s.b,
  iif(s.model_id <> 0 AND m.mean_nano_usd IS NULL, s.requests, 0) AS unplanned,
  s.planned_nano_usd + s.requests * ifnull(m.mean_nano_usd, 0) AS planned_nano_usd,
  s.avoided_nano_usd + s.unserved * ifnull(m.mean_nano_usd, 0) AS avoided_nano_usd
FROM stand_in_sum s
LEFT JOIN plan_month m ON m.month = s.month AND m.model_id = s.model_id;

-- A cell of the sums with its planned costs whole.
CREATE VIEW daily_figure AS
SELECT d.*, (
    SELECT ifnull(sum(s.unplanned), 0) FROM stand_in_part s
    WHERE s.cut = d.cut AND s.day = d.day AND s.a = d.a AND s.b = d.b) AS unplanned,
  d.own_planned_nano_usd + (
    SELECT ifnull(sum(s.planned_nano_usd), 0) FROM stand_in_part s
    WHERE s.cut = d.cut AND s.day = d.day AND s.a = d.a AND s.b = d.b) AS planned_nano_usd
FROM daily_sum d;

-- The measures of each cut, for sums over days: planned costs of stand-ins are rows of their own.
CREATE VIEW daily_part AS
SELECT cut, day, a, b, requests, served_primary, served_fallback, served_cached, served_default,
  deferred, rejected, failed, attempts, failed_attempts, unpriced_attempts, downgraded, ungraded,
  hit, rescued, 0 AS unplanned, input_tokens, cached_input_tokens, cache_write_tokens,
  output_tokens, reasoning_tokens, cost_nano_usd, serving_cost_nano_usd,
  own_planned_nano_usd AS planned_nano_usd, 0 AS avoided_nano_usd,
  served_revenue_nano_usd + fee_nano_usd AS served_revenue_nano_usd, deferred_revenue_nano_usd,
  lost_revenue_nano_usd, catalog_attempts, catalog_cost_nano_usd
FROM daily_sum
UNION ALL
SELECT cut, day, a, b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, unplanned, 0, 0, 0, 0, 0, 0, 0,
  planned_nano_usd, avoided_nano_usd, 0, 0, 0, 0, 0
FROM stand_in_part;
