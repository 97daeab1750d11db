-- A database of schema 0001 as the first version of the server left it. It is not changed: see UpgradeTests.


CREATE TABLE owner (
    name TEXT PRIMARY KEY,
    created_ms BIGINT NOT NULL,
    retention_days INTEGER,
    retention_bytes BIGINT
);

-- A job, as registered and as its recording tells. What the recording tells is null until it has been read.
CREATE TABLE job (
    id TEXT PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    repository TEXT NOT NULL,
    workflow TEXT NOT NULL,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    matrix TEXT,
    run_id TEXT NOT NULL,
    run_attempt INTEGER NOT NULL,
    sha TEXT,
    ref TEXT,
    event_name TEXT,
    actor TEXT,
    runner TEXT NOT NULL,
    runner_environment TEXT,
    agent_version TEXT,
    mode_asked TEXT,
    mode_in_force TEXT,
    degraded TEXT,
    policy_version TEXT,
    credential TEXT NOT NULL,
    state TEXT NOT NULL,
    registered_ms BIGINT NOT NULL,
    last_heard_ms BIGINT NOT NULL,
    started_ms BIGINT,
    ended_ms BIGINT,
    segments BIGINT NOT NULL,
    announced_segments BIGINT,
    undelivered BIGINT,
    bytes BIGINT NOT NULL,
    events BIGINT NOT NULL,
    chain TEXT NOT NULL,
    chain_broken_at BIGINT,
    recorded TEXT,
    complete INTEGER,
    exit_code INTEGER,
    refused BIGINT,
    would_refuse BIGINT,
    destinations BIGINT,
    new_destinations BIGINT,
    findings BIGINT,
    processes BIGINT,
    files BIGINT,
    tampered BIGINT
);
CREATE INDEX job_by_time ON job (owner, registered_ms);
CREATE INDEX job_by_workflow ON job (owner, repository, workflow, name, registered_ms);
CREATE INDEX job_by_state ON job (state, last_heard_ms);

CREATE TABLE segment (
    job TEXT NOT NULL,
    number BIGINT NOT NULL,
    digest TEXT NOT NULL,
    previous TEXT NOT NULL,
    seal TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    text_bytes BIGINT NOT NULL,
    events BIGINT NOT NULL,
    first_sequence BIGINT NOT NULL,
    received_ms BIGINT NOT NULL,
    PRIMARY KEY (job, number)
);

-- Work that one replica does: claimed for a time, done again when the claim runs out.
CREATE TABLE work (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    due_ms BIGINT NOT NULL,
    claimed_by TEXT,
    claimed_until_ms BIGINT,
    attempts INTEGER NOT NULL,
    mistake TEXT,
    UNIQUE (kind, subject)
);
CREATE INDEX work_by_time ON work (due_ms);

CREATE TABLE destination (
    owner TEXT NOT NULL,
    repository TEXT NOT NULL,
    workflow TEXT NOT NULL,
    job_name TEXT NOT NULL,
    protocol TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    first_job TEXT NOT NULL,
    last_job TEXT NOT NULL,
    jobs BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    programs TEXT NOT NULL,
    PRIMARY KEY (owner, repository, workflow, job_name, protocol, host, port)
);
CREATE INDEX destination_by_host ON destination (owner, host);

-- A finding is one per place and kind: what it was about stands in evidence.
CREATE TABLE finding (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    repository TEXT NOT NULL,
    workflow TEXT NOT NULL,
    job_name TEXT NOT NULL,
    detector TEXT NOT NULL,
    subject TEXT NOT NULL,
    title TEXT NOT NULL,
    severity TEXT NOT NULL,
    action TEXT NOT NULL,
    evidence TEXT NOT NULL,
    status TEXT NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    first_job TEXT NOT NULL,
    last_job TEXT NOT NULL,
    jobs BIGINT NOT NULL,
    UNIQUE (owner, repository, workflow, job_name, detector, subject)
);
CREATE INDEX finding_by_status ON finding (owner, status, last_ms);

-- Which rows of the two tables above a job has counted in: folding it again counts nothing twice.
CREATE TABLE counted (
    job TEXT NOT NULL,
    what TEXT NOT NULL,
    PRIMARY KEY (job, what)
);

CREATE TABLE suppression (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    repository TEXT,
    workflow TEXT,
    job_name TEXT,
    detector TEXT NOT NULL,
    subject TEXT,
    reason TEXT NOT NULL,
    author TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT,
    ended_ms BIGINT
);

CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    last_used_ms BIGINT,
    revoked_ms BIGINT
);

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT,
    stamp TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    last_seen_ms BIGINT,
    disabled_ms BIGINT,
    UNIQUE (issuer, subject)
);

-- Role of an account in an organisation; owner '*' is all of them.
CREATE TABLE membership (
    account TEXT NOT NULL,
    owner TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (account, owner)
);

CREATE TABLE invitation (
    digest TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    expires_ms BIGINT NOT NULL,
    used_ms BIGINT
);

CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    owner TEXT,
    action TEXT NOT NULL,
    subject TEXT,
    detail TEXT
);
CREATE INDEX audit_by_time ON audit (at_ms);

CREATE TABLE policy (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    is_floor INTEGER NOT NULL,
    created_ms BIGINT NOT NULL,
    deleted_ms BIGINT,
    UNIQUE (owner, name)
);

CREATE TABLE policy_version (
    policy TEXT NOT NULL,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    digest TEXT NOT NULL,
    author TEXT NOT NULL,
    comment TEXT,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (policy, number)
);

-- Where a policy applies. An empty repository is the organisation, an empty workflow the repository, and so on.
CREATE TABLE policy_binding (
    owner TEXT NOT NULL,
    repository TEXT NOT NULL,
    workflow TEXT NOT NULL,
    job_name TEXT NOT NULL,
    is_floor INTEGER NOT NULL,
    policy TEXT NOT NULL,
    PRIMARY KEY (owner, repository, workflow, job_name, is_floor)
);

CREATE TABLE saved_search (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    author TEXT NOT NULL,
    created_ms BIGINT NOT NULL
);

-- Keys of the server itself (data protection, signing), encrypted by what the operator gave, if anything.
CREATE TABLE server_key (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    created_ms BIGINT NOT NULL
);

INSERT INTO owner (name, created_ms, retention_days, retention_bytes) VALUES ('octo', 1764144000000, NULL, NULL);
INSERT INTO job (id, identity, owner, repository, workflow, name, display_name, matrix, run_id, run_attempt, sha, ref, event_name,
    actor, runner, runner_environment, agent_version, mode_asked, mode_in_force, degraded, policy_version, credential, state,
    registered_ms, last_heard_ms, started_ms, ended_ms, segments, announced_segments, undelivered, bytes, events, chain,
    chain_broken_at, recorded, complete, exit_code, refused, would_refuse, destinations, new_destinations, findings, processes,
    files, tampered)
VALUES ('019ac2f0a1b27c3d8e4f5a6b7c8d9e0f', 'octo/site 4711 1 build', 'octo', 'octo/site', 'CI', 'build', 'Build ''it''', NULL,
    '4711', 1, '0123456789abcdef0123456789abcdef01234567', 'refs/heads/main', 'push', 'mona', 'runner-1', 'self-hosted', '0.1.0',
    'block', 'enforcing', NULL, NULL, 'key:019ac2f0', 'ended', 1764144001000, 1764144061000, 1764144002000, 1764144060000, 2, 2, 0,
    2048, 120, 'intact', NULL, 'joined', 1, 0, 12, 0, 3, 1, 0, 40, 0, 0);
INSERT INTO segment (job, number, digest, previous, seal, bytes, text_bytes, events, first_sequence, received_ms)
VALUES ('019ac2f0a1b27c3d8e4f5a6b7c8d9e0f', 1, 'd1', '0000', 'aa01', 1024, 9000, 60, 1, 1764144003000);
INSERT INTO segment (job, number, digest, previous, seal, bytes, text_bytes, events, first_sequence, received_ms)
VALUES ('019ac2f0a1b27c3d8e4f5a6b7c8d9e0f', 2, 'd2', 'aa01', 'aa02', 1024, 9000, 60, 61, 1764144060000);
INSERT INTO destination (owner, repository, workflow, job_name, protocol, host, port, first_ms, last_ms, first_job, last_job, jobs,
    refused, programs)
VALUES ('octo', 'octo/site', 'CI', 'build', 'tcp', 'registry.example.com', 443, 1764144002000, 1764144002000,
    '019ac2f0a1b27c3d8e4f5a6b7c8d9e0f', '019ac2f0a1b27c3d8e4f5a6b7c8d9e0f', 1, 0, '["npm ci"]');
INSERT INTO counted (job, what) VALUES ('019ac2f0a1b27c3d8e4f5a6b7c8d9e0f', 'tcp://registry.example.com:443');
INSERT INTO account (id, issuer, subject, name, stamp, created_ms) VALUES ('a1', 'local', 'administrator', 'administrator', 's', 1764144000000);
INSERT INTO membership (account, owner, role) VALUES ('a1', '*', 'Administrator');
