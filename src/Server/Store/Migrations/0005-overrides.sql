-- Overrides of enforcement. What one says is read from its envelope, as it was signed; the columns beside are what is asked for.

CREATE TABLE enforcement_override (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    envelope TEXT NOT NULL,
    public_key TEXT NOT NULL,
    until_ms BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    revoked_ms BIGINT,
    revoked_by TEXT
);

CREATE INDEX enforcement_override_owner ON enforcement_override (owner, until_ms);
