-- Which fold a job's report is of: each has a name of its own in the store (null: that of earlier versions, report.json.zst).

ALTER TABLE job ADD COLUMN fold TEXT;
