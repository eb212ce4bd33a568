-- name:     rejected_lines
-- question: Why were lines not admitted, and where do they stand?
-- grain:    one row per file and reason, the most lines first
-- columns:  waiting, mended  count of lines | first_line  number
-- check:    none
-- reads:    a small table
-- takes:    under 0.1 s
SELECT file, code, sum(NOT is_mended) AS waiting, sum(is_mended) AS mended, min(line) AS first_line
FROM rejects
GROUP BY file, code
ORDER BY count(*) DESC, file, code
