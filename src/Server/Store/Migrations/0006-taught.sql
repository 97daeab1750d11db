-- What is known to later runs of a job, which runs of pull requests do not teach: the first job that taught it (null: none) and its run, the first of
-- another run (null: none), and when it was last taught. new_ms: when it was last new. Of rows that are there, every job has taught.

ALTER TABLE destination ADD COLUMN taught_job TEXT;
ALTER TABLE destination ADD COLUMN taught_run TEXT;
ALTER TABLE destination ADD COLUMN taught_again TEXT;
ALTER TABLE destination ADD COLUMN taught_ms BIGINT;
ALTER TABLE destination ADD COLUMN new_ms BIGINT NOT NULL DEFAULT 0;
UPDATE destination SET taught_job = first_job, taught_ms = last_ms, new_ms = first_ms,
    taught_run = COALESCE((SELECT job.run_id FROM job WHERE job.id = destination.first_job), '');
UPDATE destination SET taught_again = last_job
    WHERE EXISTS (SELECT 1 FROM job WHERE job.id = destination.last_job AND job.run_id <> destination.taught_run);
DROP INDEX destination_by_first;
CREATE INDEX destination_by_new ON destination (owner, new_ms);
