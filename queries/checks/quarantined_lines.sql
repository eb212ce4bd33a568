-- name:     quarantined_lines
-- promise:  the quarantine holds no more lines of a file than it counts as rejected or conflicting
-- grain:    one row per file that has more lines in the quarantine than it counts
-- A line is kept once, however often it comes, so a file may count more than it has there.
SELECT
  'file ' || f.path AS subject,
  q.rejected || ' rejected and ' || q.conflicts || ' conflicting lines waiting' AS found,
  'at most ' || f.rejected || ' and ' || f.conflicts AS expected
FROM (
  SELECT file_id, sum(code <> 'conflict') AS rejected, sum(code = 'conflict') AS conflicts
  FROM rejected_line WHERE mended_by IS NULL GROUP BY file_id
) q
JOIN input_file f ON f.id = q.file_id
WHERE q.rejected > f.rejected OR q.conflicts > f.conflicts
ORDER BY f.id
