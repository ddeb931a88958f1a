-- +goose Up
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- The keys are folded by the service (NFC, lower case) and compared byte by byte: the same on every server, whatever its
-- locale.
CREATE TABLE users (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uid           text        NOT NULL,
    uid_key       text        NOT NULL COLLATE "C",
    name          text        NOT NULL,
    name_key      text        NOT NULL COLLATE "C",
    email         text        NOT NULL DEFAULT '',
    role          text        NOT NULL,
    pfp           text        NOT NULL DEFAULT '',
    password_hash text        NOT NULL,
    disabled      boolean     NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    last_login_at timestamptz,
    CONSTRAINT users_uid_key UNIQUE (uid_key)
);

-- For the search in the middle of a uid or a name.
CREATE INDEX users_search ON users USING gin (uid_key gin_trgm_ops, name_key gin_trgm_ops);

-- For the count of Admins.
CREATE INDEX users_admins ON users (id) WHERE role = 'Admin';

-- +goose Down
DROP TABLE users;
