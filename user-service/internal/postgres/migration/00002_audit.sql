-- +goose Up
-- Who did what to whom. Without foreign keys: an entry outlives the accounts that it names.
CREATE TABLE audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    actor_id    bigint, -- NULL: the system, or a stranger who signs up
    actor_uid   text        NOT NULL,
    subject_id  bigint      NOT NULL,
    subject_uid text        NOT NULL,
    action      text        NOT NULL,
    outcome     text        NOT NULL,
    address     text        NOT NULL,
    user_agent  text        NOT NULL,
    detail      jsonb       NOT NULL,
    request_id  text        NOT NULL
);

CREATE INDEX audit_subject ON audit (subject_id, at);
CREATE INDEX audit_at ON audit (at);

-- +goose Down
DROP TABLE audit;
