-- Closed months: what finance was told, kept as it was.

-- A close, and if it was undone, why. A month has at most one close that holds.
CREATE TABLE closing (
  id           INTEGER PRIMARY KEY,
  month        INTEGER NOT NULL,
  closed_ms    INTEGER NOT NULL,
  -- JSON: row counts, totals and SHA-256 of the exports.
  manifest     TEXT    NOT NULL,
  reopened_ms  INTEGER,
  reopened_why TEXT,
  CHECK ((reopened_ms IS NULL) = (reopened_why IS NULL))
) STRICT;
CREATE UNIQUE INDEX closing_in_force ON closing (month) WHERE reopened_ms IS NULL;

-- The exports of a close, byte for byte; part 1, 2, … of a file that is split.
CREATE TABLE closed_file (
  closing_id INTEGER NOT NULL REFERENCES closing,
  name       TEXT    NOT NULL,
  part       INTEGER NOT NULL CHECK (part >= 1),
  rows       INTEGER NOT NULL,
  sha256     TEXT    NOT NULL CHECK (length(sha256) = 64),
  content    BLOB    NOT NULL,
  PRIMARY KEY (closing_id, name, part)
) STRICT;

-- The figures behind them: of the month itself, and its corrections of months closed before.
-- What the ledger now says of those months, less all that stands here of them, is yet to be corrected.
CREATE TABLE closed_fact (
  closing_id INTEGER NOT NULL REFERENCES closing,
  -- charges (FOCUS) or margins (the summary measures).
  kind       TEXT    NOT NULL,
  -- The month that the figures are of.
  month      INTEGER NOT NULL,
  -- The texts that tell the row, parted by U+001F.
  key        TEXT    NOT NULL,
  -- Whole numbers, parted by spaces.
  amounts    TEXT    NOT NULL,
  PRIMARY KEY (closing_id, kind, month, key)
) STRICT, WITHOUT ROWID;

-- What providers' invoices state beside calls: credits, payments in advance, taxes.
CREATE TABLE provider_charge (
  reference   TEXT    PRIMARY KEY,
  day         INTEGER NOT NULL,
  provider    TEXT    NOT NULL,
  kind        TEXT    NOT NULL CHECK (kind IN ('credit', 'purchase', 'tax')),
  amount_nano_usd INTEGER NOT NULL,
  -- The tenant that it is for; NULL for all.
  tenant      TEXT,
  description TEXT
) STRICT, WITHOUT ROWID;
