-- name:     accepted_lines
-- promise:  the accepted lines of a file are the attempts and contexts that name it
-- grain:    one row per file that has another number of attempts than of accepted lines
-- A duplicate belongs to the file that brought the line first. A mended line counts as accepted
-- where it was rejected before.
SELECT
  'file ' || f.path AS subject,
  ifnull(a.attempts, 0) || ' attempts and contexts' AS found,
  f.accepted || ' accepted lines' AS expected
FROM input_file f
LEFT JOIN (
  SELECT file_id, count(*) AS attempts
  FROM (SELECT file_id FROM attempt UNION ALL SELECT file_id FROM request_context)
  GROUP BY file_id
) a
  ON a.file_id = f.id
WHERE ifnull(a.attempts, 0) <> f.accepted
ORDER BY f.id
