-- name:     cached_input_by_model
-- question: What share of input tokens did providers read from their caches?
-- grain:    one row per provider and model that was called, the largest share first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  input_tokens, cached_input_tokens  tokens | cached_share  0 to 1
-- check:    cached_input_tokens <= input_tokens
-- reads:    every attempt of its days
-- takes:    19 s a month of 5 million requests
SELECT provider, model, sum(input_tokens) AS input_tokens,
  sum(cached_input_tokens) AS cached_input_tokens,
  round(1.0 * sum(cached_input_tokens) / nullif(sum(input_tokens), 0), 4) AS cached_share
FROM attempts
WHERE action = 'model' AND day >= coalesce(:from, '0000') AND day < coalesce(:to, '9999')
GROUP BY provider, model
ORDER BY 1.0 * sum(cached_input_tokens) / nullif(sum(input_tokens), 0) DESC, provider, model
