-- name:     conserved_lines
-- promise:  the lines of a file are its accepted, duplicate, conflicting, rejected and blank ones
-- grain:    one row per file in which a line is lost or made up
SELECT
  'file ' || path AS subject,
  lines || ' lines' AS found,
  accepted || ' accepted, ' || duplicates || ' duplicates, ' || conflicts || ' conflicts, '
    || rejected || ' rejected, ' || blank || ' blank' AS expected
FROM input_file
WHERE lines IS NOT accepted + duplicates + conflicts + rejected + blank
  OR min(accepted, duplicates, conflicts, rejected, blank) < 0
ORDER BY id
