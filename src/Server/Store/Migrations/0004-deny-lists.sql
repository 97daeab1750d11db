-- Deny lists of owners. A version is its envelope as it was signed: what is shown of it is read from there, and so is what agents get.

CREATE TABLE deny_list_version (
    owner TEXT NOT NULL,
    number INTEGER NOT NULL,
    envelope TEXT NOT NULL,
    public_key TEXT NOT NULL,
    author TEXT NOT NULL,
    comment TEXT,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (owner, number)
);
