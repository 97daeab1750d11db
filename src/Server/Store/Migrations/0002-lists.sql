-- For the lists of the pages. Jobs need no index by time: their ids begin with it.

CREATE INDEX job_by_run ON job (run_id);
CREATE INDEX job_by_runner ON job (owner, runner, id);
CREATE INDEX destination_by_first ON destination (owner, first_ms);
CREATE INDEX finding_by_last ON finding (last_ms, id);
CREATE INDEX suppression_by_detector ON suppression (owner, detector);
