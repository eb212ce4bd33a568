-- Lines of the quarantine that were admitted later: mended by hand, or read by a program that had
-- learnt more. What was rejected stays on record, with what became of it.

-- The request of the attempt that the line became, or whose duplicate it turned out to be; NULL while
-- it waits.
ALTER TABLE rejected_line ADD COLUMN mended_by INTEGER REFERENCES stored_request;

-- The lines that wait to be mended.
CREATE VIEW quarantine AS
SELECT r.id, f.path AS file, r.line, r.byte_offset, r.code, r.reason, r.line_sha256, r.excerpt
FROM rejected_line r JOIN input_file f ON f.id = r.file_id
WHERE r.mended_by IS NULL;
