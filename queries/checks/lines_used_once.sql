-- name:     lines_used_once
-- promise:  a line of a file is one attempt, or waits in the quarantine, and stands in the file
-- grain:    one row per line that is used twice or that the file does not have
SELECT
  'file ' || f.path || ', line ' || u.line AS subject,
  u.uses || ' uses' AS found,
  'one use, within ' || f.lines || ' lines' AS expected
FROM (
  SELECT file_id, line, count(*) AS uses
  FROM (
    SELECT file_id, line FROM attempt
    UNION ALL
    SELECT file_id, line FROM request_context
    UNION ALL
    SELECT file_id, line FROM rejected_line WHERE mended_by IS NULL
  )
  GROUP BY file_id, line
) u
JOIN input_file f ON f.id = u.file_id
WHERE u.uses > 1 OR u.line < 1 OR u.line > f.lines
ORDER BY f.id, u.line
