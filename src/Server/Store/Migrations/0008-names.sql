-- Which fold the names of a job's recording and Parquet file have, as its report's has (null: those of earlier versions, which have none): a fold that
-- comes late replaces nothing of another. Indexes for the bounds of the lists.

ALTER TABLE job ADD COLUMN named_fold TEXT;
CREATE INDEX destination_by_last ON destination (owner, last_ms);
CREATE INDEX finding_by_owner ON finding (owner, last_ms);
CREATE INDEX audit_by_owner ON audit (owner, at_ms);
