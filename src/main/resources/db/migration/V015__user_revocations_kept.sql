-- Tokens of another issuer that shares users name no session, and may be valid for longer than ours: what revokes a user's
-- earlier tokens is kept for as long as any of them can be used.

-- Null: as long as the revocation of a session.
alter table revocation_policy add column users_kept interval;

create function user_revocation_end() returns timestamptz language sql volatile set search_path from current as
    'select clock_timestamp() + greatest(kept, users_kept) from revocation_policy';

alter table user_revocations alter column expires_at set default user_revocation_end();
