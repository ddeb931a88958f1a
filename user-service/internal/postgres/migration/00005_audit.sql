-- +goose Up
-- The audit is read newest first: all of it, what is about somebody, what somebody did, or one action.
DROP INDEX audit_subject;
DROP INDEX audit_at;
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_subject ON audit (subject_id, at, id);
CREATE INDEX audit_actor ON audit (actor_id, at, id);
CREATE INDEX audit_action ON audit (action, at, id);

-- +goose Down
DROP INDEX audit_action;
DROP INDEX audit_actor;
DROP INDEX audit_subject;
DROP INDEX audit_at;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_subject ON audit (subject_id, at);
