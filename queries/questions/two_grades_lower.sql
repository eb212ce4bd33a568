-- name:     two_grades_lower
-- question: Which requests ended two grades lower than asked, by the price bands of the catalog?
-- grain:    one row per request that asked for a frontier model and was served by a low-cost one,
--           the latest first
-- param:    from  day  the first day; left out: from the beginning
-- param:    to  day  the day before which it ends; left out: to the end
-- columns:  started_at  UTC time | output prices  USD per million tokens: 8.00 and more is frontier,
--           under 1.50 low cost
-- check:    none
-- reads:    every request of its days
-- takes:    3.5 s a month of 5 million requests
WITH graded AS (
  SELECT provider || '/' || model AS model, effective_from, output_usd_per_million AS price
  FROM prices WHERE above_input_tokens IS NULL
)
SELECT r.request_id, r.started_at, r.tenant_id, r.workflow, r."primary", r.served_by,
  p.price AS primary_output_usd_per_million, s.price AS served_output_usd_per_million
FROM requests r
JOIN graded p ON p.model = r."primary" AND p.effective_from = (SELECT max(effective_from) FROM graded
  WHERE model = r."primary" AND effective_from <= r.day)
JOIN graded s ON s.model = r.served_by AND s.effective_from = (SELECT max(effective_from) FROM graded
  WHERE model = r.served_by AND effective_from <= r.day)
WHERE r.status = 'served_fallback' AND p.price >= 8 AND s.price < 1.5
  AND r.day >= coalesce(:from, '0000') AND r.day < coalesce(:to, '9999')
ORDER BY r.started_at DESC, r.request_id
LIMIT 100
