-- name:     unpriced_models
-- question: Which models were called without a price?
-- grain:    one row per model, the most calls first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  calls, tokens  count of calls that count as 0, and of their tokens
-- check:    none
-- reads:    every attempt of its days
-- takes:    5 s a month of 5 million requests
SELECT provider, model, count(*) AS calls, sum(input_tokens + output_tokens) AS tokens
FROM attempts
WHERE cost_source = 'unpriced' AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY provider, model
ORDER BY calls DESC, provider, model
