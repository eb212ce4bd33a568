-- name:     request_sums
-- promise:  counts, tokens and cost of a request are those of its attempts
-- grain:    one row per request and column that is not the sum of its attempts
WITH differing AS MATERIALIZED (
  SELECT
    r.id, r.request_id,
    r.attempts, r.failed_attempts, r.unpriced_attempts, r.input_tokens, r.cached_input_tokens,
    r.cache_write_tokens, r.output_tokens, r.reasoning_tokens, r.cost_nano_usd,
    r.catalog_attempts, r.catalog_cost_nano_usd,
    s.catalog_attempts AS catalog_attempts_sum, s.catalog_cost_nano_usd AS catalog_cost_nano_usd_sum,
    s.attempts AS attempts_sum, s.failed_attempts AS failed_attempts_sum,
    s.unpriced_attempts AS unpriced_attempts_sum, s.input_tokens AS input_tokens_sum,
    s.cached_input_tokens AS cached_input_tokens_sum,
    s.cache_write_tokens AS cache_write_tokens_sum, s.output_tokens AS output_tokens_sum,
    s.reasoning_tokens AS reasoning_tokens_sum, s.cost_nano_usd AS cost_nano_usd_sum
  FROM (
    SELECT
      request_id, sum(action = 0) AS attempts, sum(outcome IS 1) AS failed_attempts,
      sum(cost_source IS 2) AS unpriced_attempts, sum(cost_source IS 1) AS catalog_attempts,
      sum(iif(cost_source IS 1, cost_nano_usd, 0)) AS catalog_cost_nano_usd, sum(input_tokens) AS input_tokens,
      sum(cached_input_tokens) AS cached_input_tokens,
      sum(cache_write_tokens) AS cache_write_tokens, sum(output_tokens) AS output_tokens,
      sum(reasoning_tokens) AS reasoning_tokens, sum(cost_nano_usd) AS cost_nano_usd
    FROM attempt GROUP BY request_id
  ) s
  JOIN request r ON r.id = s.request_id
  WHERE (r.attempts, r.failed_attempts, r.unpriced_attempts, r.input_tokens,
    r.cached_input_tokens, r.cache_write_tokens, r.output_tokens, r.reasoning_tokens,
    r.cost_nano_usd, r.catalog_attempts, r.catalog_cost_nano_usd) IS NOT (s.attempts, s.failed_attempts, s.unpriced_attempts, s.input_tokens,
    s.cached_input_tokens, s.cache_write_tokens, s.output_tokens, s.reasoning_tokens,
    s.cost_nano_usd, s.catalog_attempts, s.catalog_cost_nano_usd)
),
figure AS (
  SELECT id, request_id, 1 AS place, 'attempts' AS name, attempts AS found,
    attempts_sum AS expected FROM differing
  UNION ALL
  SELECT id, request_id, 2, 'failed_attempts', failed_attempts, failed_attempts_sum FROM differing
  UNION ALL
  SELECT id, request_id, 3, 'unpriced_attempts', unpriced_attempts, unpriced_attempts_sum
  FROM differing
  UNION ALL
  SELECT id, request_id, 4, 'input_tokens', input_tokens, input_tokens_sum FROM differing
  UNION ALL
  SELECT id, request_id, 5, 'cached_input_tokens', cached_input_tokens, cached_input_tokens_sum
  FROM differing
  UNION ALL
  SELECT id, request_id, 6, 'cache_write_tokens', cache_write_tokens, cache_write_tokens_sum
  FROM differing
  UNION ALL
  SELECT id, request_id, 7, 'output_tokens', output_tokens, output_tokens_sum FROM differing
  UNION ALL
  SELECT id, request_id, 8, 'reasoning_tokens', reasoning_tokens, reasoning_tokens_sum
  FROM differing
  UNION ALL
  SELECT id, request_id, 9, 'cost_nano_usd', cost_nano_usd, cost_nano_usd_sum FROM differing
  UNION ALL
  SELECT id, request_id, 10, 'catalog_attempts', catalog_attempts, catalog_attempts_sum
  FROM differing
  UNION ALL
  SELECT id, request_id, 11, 'catalog_cost_nano_usd', catalog_cost_nano_usd,
    catalog_cost_nano_usd_sum
  FROM differing
)
SELECT 'request ' || request_id || ', ' || name AS subject, found, expected
FROM figure
WHERE found IS NOT expected
ORDER BY id, place
