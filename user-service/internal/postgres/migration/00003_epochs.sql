-- +goose Up
-- epoch counts what ends sessions; kept_session is the one that outlives the latest count. ring is a random place of each
-- account, by which an unknown uid finds the account whose hash it is verified against.
ALTER TABLE users
    ADD COLUMN epoch          bigint  NOT NULL DEFAULT 1,
    ADD COLUMN kept_session   text    NOT NULL DEFAULT '',
    ADD COLUMN email_verified boolean NOT NULL DEFAULT false,
    ADD COLUMN email_pending  text    NOT NULL DEFAULT '',
    ADD COLUMN email_key      text    NOT NULL COLLATE "C" DEFAULT '',
    ADD COLUMN ring           bigint  NOT NULL DEFAULT (floor(random() * 9007199254740992))::bigint;

UPDATE users SET email_key = lower(email);
CREATE INDEX users_ring ON users (ring) WHERE password_hash <> '';
CREATE INDEX users_email ON users (email_key) WHERE email_key <> '';

-- What auth-service must hear of, written in the transaction of its cause and deleted when it was acknowledged.
CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    subject_id bigint      NOT NULL,
    change     jsonb       NOT NULL,
    tries      integer     NOT NULL DEFAULT 0,
    due        timestamptz NOT NULL
);
CREATE INDEX outbox_due ON outbox (due);
CREATE INDEX outbox_subject ON outbox (subject_id, id);

-- Refusals fold into one row for each fold_key, so that an attack cannot fill the table.
ALTER TABLE audit
    ALTER COLUMN subject_id DROP NOT NULL,
    ADD COLUMN count    integer     NOT NULL DEFAULT 1,
    ADD COLUMN last_at  timestamptz,
    ADD COLUMN fold_key text;
UPDATE audit SET last_at = at;
ALTER TABLE audit ALTER COLUMN last_at SET NOT NULL;
CREATE UNIQUE INDEX audit_fold ON audit (fold_key) WHERE fold_key IS NOT NULL;

-- +goose Down
DROP INDEX audit_fold;
ALTER TABLE audit DROP COLUMN fold_key, DROP COLUMN last_at, DROP COLUMN count;
DROP TABLE outbox;
ALTER TABLE users DROP COLUMN ring, DROP COLUMN email_key, DROP COLUMN email_pending, DROP COLUMN email_verified,
    DROP COLUMN kept_session, DROP COLUMN epoch;
