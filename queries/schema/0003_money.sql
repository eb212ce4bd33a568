-- Prices beyond input and output, negotiated prices, payments in advance, and what attempts say that
-- such prices ask.

CREATE TABLE service_tier (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO service_tier VALUES
  (0, 'batch'), (1, 'flex'), (2, 'balanced'), (3, 'priority'), (4, 'ultrafast'), (5, 'other');

-- Of the attempts that say any of it: parts of their tokens, the tier of service, and the model at
-- whose price the log bills the route where that is another than the route's own.
CREATE TABLE attempt_detail (
  attempt_id          INTEGER PRIMARY KEY,
  cache_write_1h_tokens INTEGER NOT NULL CHECK (cache_write_1h_tokens >= 0),
  audio_input_tokens  INTEGER NOT NULL CHECK (audio_input_tokens >= 0),
  image_input_tokens  INTEGER NOT NULL CHECK (image_input_tokens >= 0),
  audio_output_tokens INTEGER NOT NULL CHECK (audio_output_tokens >= 0),
  image_output_tokens INTEGER NOT NULL CHECK (image_output_tokens >= 0),
  service_tier        INTEGER REFERENCES service_tier,
  priced_model_id     INTEGER REFERENCES model
) STRICT;

-- What the catalog alone gives, of the attempts for which a contract gives another price. Derived.
CREATE TABLE attempt_list_cost (
  attempt_id    INTEGER PRIMARY KEY,
  list_nano_usd INTEGER NOT NULL
) STRICT;

-- Of a request's cost and attempts, what the catalog gives. Derived.
ALTER TABLE request ADD COLUMN catalog_attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN catalog_cost_nano_usd INTEGER NOT NULL DEFAULT 0;
UPDATE request SET (catalog_attempts, catalog_cost_nano_usd) = (
  SELECT count(*), ifnull(sum(cost_nano_usd), 0) FROM attempt
  WHERE attempt.request_id = request.id AND cost_source = 1);

-- The rates of a price that `price` and `price_band` have no column for: by tier of service (-1: the
-- standard) and by band (-1: below every threshold). Another tier than the standard has all its rates
-- here, and a row `input` for each of its bands.
CREATE TABLE price_rate (
  price_id     INTEGER NOT NULL REFERENCES price,
  service_tier INTEGER NOT NULL,
  above_input_tokens INTEGER NOT NULL CHECK (above_input_tokens >= -1),
  rate         TEXT    NOT NULL,
  usd          TEXT    NOT NULL,
  PRIMARY KEY (price_id, service_tier, above_input_tokens, rate)
) STRICT, WITHOUT ROWID;

-- Prices agreed with a provider, for a model or all ('') and a tenant or all (''): a factor on the list
-- price, or fixed prices in USD per token.
CREATE TABLE contract_price (
  id            INTEGER PRIMARY KEY,
  provider      TEXT    NOT NULL,
  model         TEXT    NOT NULL,
  tenant        TEXT    NOT NULL,
  from_day      INTEGER NOT NULL,
  to_day        INTEGER CHECK (to_day > from_day),
  multiplier_billionths INTEGER CHECK (multiplier_billionths >= 0),
  input_usd     TEXT,
  cached_input_usd TEXT,
  cache_write_usd  TEXT,
  output_usd    TEXT,
  per_request_usd  TEXT,
  CHECK ((multiplier_billionths IS NULL) = (input_usd IS NOT NULL AND output_usd IS NOT NULL)),
  UNIQUE (provider, model, tenant, from_day)
) STRICT;

-- A tenant's budget month: 1 to 31, and an IANA time zone (NULL: UTC).
ALTER TABLE tenant_terms ADD COLUMN billing_day INTEGER NOT NULL DEFAULT 1
  CHECK (billing_day BETWEEN 1 AND 31);
ALTER TABLE tenant_terms ADD COLUMN time_zone TEXT;

-- Payments in advance.
CREATE TABLE top_up (
  tenant    TEXT    NOT NULL,
  day       INTEGER NOT NULL,
  reference TEXT    NOT NULL,
  amount_nano_usd INTEGER NOT NULL CHECK (amount_nano_usd >= 0),
  PRIMARY KEY (tenant, day, reference)
) STRICT, WITHOUT ROWID;

-- Catalogs that wait to be put in force by `reprice`: files as they were given.
CREATE TABLE waiting_catalog (
  id            INTEGER PRIMARY KEY,
  name          TEXT    NOT NULL,
  effective_day INTEGER,
  content       BLOB    NOT NULL
) STRICT;
