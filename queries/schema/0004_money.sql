-- Prices beyond input and output, negotiated prices, and payments in advance.

-- Their numbers stand in price_rate, their names in an attempt's usage_detail.
CREATE TABLE service_tier (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO service_tier VALUES
  (0, 'batch'), (1, 'flex'), (2, 'balanced'), (3, 'priority'), (4, 'ultrafast'), (5, 'other');

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
