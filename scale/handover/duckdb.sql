-- A run's figures in DuckDB: this file, then views.sql. Put the run's folder in place of RUN.
CREATE VIEW figure AS
SELECT report, dimensions, measure, value FROM read_parquet('RUN/figures/*.parquet');

-- What views.sql calls by the same names in every engine.
CREATE MACRO dimension(dimensions, name) AS json_extract_string(dimensions, '$.' || name);
CREATE MACRO mean_half_even(amount, count) AS
  CAST(amount // count + CASE WHEN 2 * (amount % count) + (amount // count) % 2 > count THEN 1 ELSE 0 END
    AS BIGINT);
