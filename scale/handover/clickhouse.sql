-- A run's figures in ClickHouse: this file, then views.sql. Put the run's folder in place of RUN; for
-- object storage read s3('https://…/figures/*.parquet', …) in place of file().
-- The settings belong to the session that asks, too: ClickHouse's own ways with NULL and with names differ
-- from other engines'.
SET join_use_nulls = 1, prefer_column_name_to_alias = 1;

CREATE TABLE figure (
  report LowCardinality(String), dimensions String, measure LowCardinality(String), value Int64
) ENGINE = MergeTree ORDER BY (report, dimensions, measure);

INSERT INTO figure SELECT report, dimensions, measure, value
FROM file('RUN/figures/*.parquet', 'Parquet',
  'report String, dimensions String, measure String, value Int64');

-- What views.sql calls by the same names in every engine.
CREATE FUNCTION dimension AS (dimensions, name) -> JSONExtract(dimensions, name, 'Nullable(String)');
CREATE FUNCTION mean_half_even AS (amount, count) ->
  intDiv(amount, count) + if(2 * (amount % count) + intDiv(amount, count) % 2 > count, 1, 0);
