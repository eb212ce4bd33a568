-- name:     stats
-- question: What became of the lines of each file?
-- grain:    one row per file, and one per code of lines that were not admitted
-- columns:  dimensions  JSON | lines = accepted + duplicates + conflicts + rejected + blank | not_admitted
SELECT json_object('file', path) AS dimensions,
  lines, accepted, duplicates, conflicts, rejected, blank, 0 AS not_admitted
FROM input_file
UNION ALL
SELECT json_object('code', code), 0, 0, 0, 0, 0, 0, count(*)
FROM rejected_line WHERE mended_by IS NULL
GROUP BY code
ORDER BY dimensions
