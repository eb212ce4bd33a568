-- name:     quarantined_lines
-- promise:  the lines of a file that wait in the quarantine are its rejected and conflicting ones
-- grain:    one row per file that has other lines in the quarantine than it counts
SELECT
  'file ' || f.path AS subject,
  ifnull(q.rejected, 0) || ' rejected and ' || ifnull(q.conflicts, 0)
    || ' conflicting lines waiting' AS found,
  f.rejected || ' and ' || f.conflicts AS expected
FROM input_file f
LEFT JOIN (
  SELECT file_id, sum(code <> 'conflict') AS rejected, sum(code = 'conflict') AS conflicts
  FROM rejected_line WHERE mended_by IS NULL GROUP BY file_id
) q ON q.file_id = f.id
WHERE ifnull(q.rejected, 0) <> f.rejected OR ifnull(q.conflicts, 0) <> f.conflicts
ORDER BY f.id
