-- name:     reported_against_catalog
-- question: Where does the reported cost differ from the catalog's?
-- grain:    one row per model and day where it does, the largest difference first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  calls  count that differ | reported_usd, catalog_usd, difference_usd  USD
-- check:    difference_usd = reported_usd - catalog_usd
-- reads:    every attempt of its days
-- takes:    6 s a month of 5 million requests
SELECT provider, model, day, count(*) AS calls, sum(reported_cost_nano_usd) / 1e9 AS reported_usd,
  sum(catalog_cost_nano_usd) / 1e9 AS catalog_usd,
  sum(reported_cost_nano_usd - catalog_cost_nano_usd) / 1e9 AS difference_usd
FROM attempts
WHERE reported_cost_nano_usd <> catalog_cost_nano_usd
  AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY provider, model, day
ORDER BY abs(sum(reported_cost_nano_usd - catalog_cost_nano_usd)) DESC, provider, model, day
LIMIT 100
