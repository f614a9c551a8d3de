-- Tokens carry the version of their user's row as it was read for them. What must end all earlier tokens of a user raises
-- the version; a token with a lower one is refused. No clock has a part in it: a token that is issued after a revocation is
-- valid, also within the same second, and one whose row was read before it is refused, whenever it is signed.

alter table users add column token_version bigint not null default 0;

alter table user_revocations
    -- Tokens with a lower version are refused; 0 at insert: the trigger raises the user's version and stores it here.
    add column token_version   bigint  not null default 0,
    -- Whether the e-mail links that are out are withdrawn: an attacker may have asked for them.
    add column withdraws_links boolean not null default true;

create function raise_token_version() returns trigger language plpgsql set search_path from current as $$
begin
    if new.token_version = 0 then
        update users set token_version = token_version + 1 where id = new.user_id
            returning token_version into new.token_version;
        -- No user has the id: any token that names it is refused.
        new.token_version := coalesce(new.token_version, 1);
    end if;
    return new;
end
$$;

create trigger user_revocations_numbered before insert on user_revocations
    for each row execute function raise_token_version();

drop function revoke_user(text, text);

-- Tokens without a version, of an issuer that shares users for example, are told by the time at which they were issued. It
-- has whole seconds and is its issuer's: a token of the same second is valid, as far as clocks differ by the leeway.
create function revoke_user(
    _user_id text, _spared_session text default '', _withdraws_links boolean default true, _token_version bigint default 0)
    returns timestamptz language sql volatile set search_path from current as $$
    insert into user_revocations as r (user_id, spared_session, issued_before, token_version, withdraws_links)
    select _user_id, _spared_session, date_trunc('second', now() - leeway), _token_version, _withdraws_links
    from revocation_policy
    on conflict (user_id, spared_session) do update set
        issued_before = greatest(r.issued_before, excluded.issued_before),
        token_version = greatest(r.token_version, excluded.token_version),
        withdraws_links = excluded.withdraws_links,
        expires_at = greatest(r.expires_at, excluded.expires_at),
        tx = pg_current_xact_id()
    returning issued_before
$$;

drop trigger links_withdrawn on user_revocations;
create trigger links_withdrawn after insert or update on user_revocations
    for each row when (new.withdraws_links) execute function withdraw_links();

-- The row is locked before the sessions, as everywhere; a deleted one has no version to be raised.
create or replace function shut_user() returns trigger language plpgsql set search_path from current as $$
begin
    if tg_op = 'DELETE' then
        perform revoke_user(old.id, '', true, old.token_version + 1);
    else
        perform revoke_user(old.id);
    end if;
    delete from sessions where user_id = old.id;
    return null;
end
$$;

-- An id that is used again, after a second import for example, goes on from the version at which it ended.
create function continue_token_version() returns trigger language plpgsql set search_path from current as $$
begin
    new.token_version := greatest(
        new.token_version,
        (select max(token_version) from user_revocations where user_id = new.id));
    return new;
end
$$;

create trigger users_token_version_continued before insert on users
    for each row execute function continue_token_version();

-- What tokens say of a user: their roles and their address, which is verified or not. The sessions go on, and a refresh gives
-- a token that says what is true now. Links that were sent for other roles are still the user's own.
create function revoke_changed_user() returns trigger language plpgsql set search_path from current as $$
begin
    perform revoke_user(new.id, '', old.email is distinct from new.email);
    return null;
end
$$;

create trigger users_changed after update of roles, email, email_verified on users
    for each row
    when (old.roles is distinct from new.roles or old.email is distinct from new.email
        or (old.email_verified and not new.email_verified))
    execute function revoke_changed_user();

-- How often the service itself replaced the secret: it ends what that must end, nothing at all when the same password was
-- only hashed anew. A change that does not raise this number was made by hand.
alter table credentials add column own_changes bigint not null default 0;

create function revoke_credentials() returns trigger language plpgsql set search_path from current as $$
declare
    _user_id text := case when tg_op = 'DELETE' then old.user_id else new.user_id end;
begin
    -- The credentials of a deleted user go by their foreign key, and those of a new one come when nothing is open yet.
    if not exists (select from users where id = _user_id)
        or (tg_op = 'INSERT'
            and not exists (select from sessions where user_id = _user_id)
            and not exists (select from mailed_links where user_id = _user_id and used_at is null)) then
        return null;
    end if;
    perform revoke_user(_user_id);
    delete from sessions where user_id = _user_id;
    return null;
end
$$;

create trigger credentials_changed after update of secret on credentials
    for each row when (old.secret is distinct from new.secret and old.own_changes = new.own_changes)
    execute function revoke_credentials();
create trigger credentials_added after insert on credentials
    for each row execute function revoke_credentials();
create trigger credentials_removed after delete on credentials
    for each row execute function revoke_credentials();

-- Users whose tokens are refused by whatever issuer they were made: another one that shares users goes on issuing them. The
-- ids that are disabled are few, and every replica has them in memory. A user who is enabled again keeps the row for a day,
-- so that every replica reads it; one who is deleted while disabled keeps it until the id is used again.
create table disabled_users (
    user_id    text collate "C" primary key,
    enabled_at timestamptz,
    tx         xid8 not null default pg_current_xact_id()
);

create index disabled_users_tx_idx on disabled_users (tx);
create index disabled_users_enabled_idx on disabled_users (enabled_at) where enabled_at is not null;

insert into disabled_users (user_id) select id from users where disabled_at is not null;

create function record_disabled_users() returns trigger language plpgsql set search_path from current as $$
begin
    -- A statement that changes no row is told to all replicas too, and a sign-up hardly ever has one to change.
    if exists (select from present where disabled_at is not null) then
        insert into disabled_users (user_id) select id from present where disabled_at is not null
        on conflict (user_id) do update set enabled_at = null, tx = pg_current_xact_id();
    end if;
    if exists (select from disabled_users d join present p on p.id = d.user_id
            where d.enabled_at is null and p.disabled_at is null) then
        update disabled_users set enabled_at = now(), tx = pg_current_xact_id()
        where enabled_at is null and user_id in (select id from present where disabled_at is null);
    end if;
    return null;
end
$$;

create trigger users_added_disabled after insert on users referencing new table as present
    for each statement execute function record_disabled_users();

create function record_disabled_user() returns trigger language plpgsql set search_path from current as $$
begin
    insert into disabled_users (user_id, enabled_at)
    values (new.id, case when new.disabled_at is null then now() end)
    on conflict (user_id) do update set enabled_at = excluded.enabled_at, tx = pg_current_xact_id();
    return null;
end
$$;

create trigger users_disabled_or_enabled after update of disabled_at on users
    for each row when ((old.disabled_at is null) <> (new.disabled_at is null))
    execute function record_disabled_user();

create trigger disabled_users_told after insert or update on disabled_users
    for each statement execute function tell_revocations();
