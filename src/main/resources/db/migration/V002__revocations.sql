-- Which access tokens are refused before they expire, and who is told. PostgreSQL 13 or newer, for xid8.
--
-- The database itself revokes: whatever ends a session or shuts an account, a statement by hand too, revokes the tokens in
-- the same transaction, and the replicas are told when it commits.

-- What the service says of its tokens at the start; the greatest of what any replica has said.
create table revocation_policy (
    id     boolean  primary key default true check (id),
    -- For how long a revocation may still concern a token.
    kept   interval not null,
    -- By how much a replica's clock may be slow.
    leeway interval not null
);

insert into revocation_policy (kept, leeway) values ('16 minutes 10 seconds', '5 seconds');

create function revocation_end() returns timestamptz language sql volatile set search_path from current as
    'select clock_timestamp() + kept from revocation_policy';

-- The transaction that wrote a row. Readers take the rows of those that had not ended when they last read, so that none is
-- missed which commits late.
alter table revocations
    add column tx xid8 not null default pg_current_xact_id(),
    alter column expires_at set default revocation_end();

create index revocations_tx_idx on revocations (tx);
drop index revocations_revoked_idx;

-- Every token of a user that was issued before an instant, whether or not its session has a row; but for those of one session.
create table user_revocations (
    user_id        text collate "C" not null,
    -- Empty: none.
    spared_session text collate "C" not null default '',
    issued_before  timestamptz not null,
    expires_at     timestamptz not null default revocation_end(),
    tx             xid8        not null default pg_current_xact_id(),
    primary key (user_id, spared_session)
);

create index user_revocations_tx_idx on user_revocations (tx);
create index user_revocations_expiry_idx on user_revocations (expires_at);

-- A token's time has whole seconds and is its replica's: a sign-in that comes later in the same second, at a replica whose
-- clock is slow by no more than the leeway, gives a token that counts. What was signed in meanwhile had a session, which
-- is revoked by its own name.
create function revoke_user(_user_id text, _spared_session text default '') returns timestamptz
    language sql volatile set search_path from current as $$
    insert into user_revocations as r (user_id, spared_session, issued_before)
    select _user_id, _spared_session, date_trunc('second', now() - leeway) from revocation_policy
    on conflict (user_id, spared_session) do update set
        issued_before = greatest(r.issued_before, excluded.issued_before),
        expires_at = greatest(r.expires_at, excluded.expires_at),
        tx = pg_current_xact_id()
    returning issued_before
$$;

-- The payload says what to read again, and nothing that would have to be believed.
create function tell_revocations() returns trigger language plpgsql set search_path from current as $$
begin
    perform pg_notify('latchkey', 'revocations');
    return null;
end
$$;

create trigger revocations_told after insert on revocations
    for each statement execute function tell_revocations();
create trigger user_revocations_told after insert or update on user_revocations
    for each statement execute function tell_revocations();

-- A session that has come to its end has no tokens left.
create function revoke_ended_sessions() returns trigger language plpgsql set search_path from current as $$
begin
    insert into revocations (session_id) select id from ended where absolute_expires_at > now()
    on conflict (session_id) do nothing;
    return null;
end
$$;

create trigger sessions_revoked after delete on sessions referencing old table as ended
    for each statement execute function revoke_ended_sessions();

-- The sessions of a deleted user go by their foreign key.
create function shut_user() returns trigger language plpgsql set search_path from current as $$
begin
    delete from sessions where user_id = old.id;
    perform revoke_user(old.id);
    return null;
end
$$;

create trigger users_disabled after update of disabled_at on users
    for each row when (old.disabled_at is null and new.disabled_at is not null) execute function shut_user();
create trigger users_deleted after delete on users
    for each row execute function shut_user();
