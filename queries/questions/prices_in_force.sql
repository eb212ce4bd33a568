-- name:     prices_in_force
-- question: What does each model cost on a day?
-- grain:    one row per model with a price that holds on :day, and band of it
-- param:    day  day  the day; left out: the latest
-- columns:  above_input_tokens  tokens, NULL: the base price | input, cached, output  USD per
--           million tokens
-- check:    none
-- reads:    a small table
-- takes:    under 0.1 s
SELECT p.provider, p.model, p.effective_from, p.above_input_tokens, p.input_usd_per_million,
  round(p.cached_input_usd * 1e6, 9) AS cached_input_usd_per_million, p.output_usd_per_million
FROM prices p
WHERE p.effective_from = (SELECT max(effective_from) FROM prices
  WHERE provider = p.provider AND model = p.model AND effective_from <= coalesce(:day, '9999'))
ORDER BY p.provider, p.model, p.above_input_tokens
