-- +goose Up
-- One-time links. Only digests of what is told are kept. A row is used in the transaction of what the link does. Links for a
-- new password are good in the account's epoch in which they were made, so that a change of the password ends them.
CREATE TABLE onetime (
    id          text        PRIMARY KEY,
    subject_id  bigint      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind        text        NOT NULL,
    email       text        NOT NULL, -- where it was mailed to; empty when an Admin handed it out
    secret_hash bytea       NOT NULL,
    code_hash   bytea       NOT NULL,
    epoch       bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX onetime_subject ON onetime (subject_id);
CREATE INDEX onetime_expiry ON onetime (expires_at);

-- +goose Down
DROP TABLE onetime;
