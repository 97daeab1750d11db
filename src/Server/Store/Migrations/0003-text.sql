-- Unpacked bytes of a recording, for their bound.
ALTER TABLE job ADD COLUMN text_bytes BIGINT NOT NULL DEFAULT 0;
UPDATE job SET text_bytes = (SELECT COALESCE(SUM(s.text_bytes), 0) FROM segment s WHERE s.job = job.id);
