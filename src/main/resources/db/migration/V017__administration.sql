-- No column is added to users: that would lock out readers, and with them every sign-in, for as long as the indexes take.
lock table users in share row exclusive mode;
lock table audit_events in share mode;

-- What an administrator has said of an account that is disabled. Whether it is disabled stands in users.disabled_at alone.
create table bans (
    user_id      text collate "C" primary key references users (id) on delete cascade,
    reason       text,
    -- The account is enabled again from then on; null: not by itself.
    banned_until timestamptz
);

create index bans_end_idx on bans (banned_until) where banned_until is not null;

-- As before, and an account that is enabled by whatever means has no ban left, which would end a later one.
create or replace function record_disabled_user() returns trigger language plpgsql set search_path from current as $$
begin
    insert into disabled_users (user_id, enabled_at)
    values (new.id, case when new.disabled_at is null then now() end)
    on conflict (user_id) do update set enabled_at = excluded.enabled_at, tx = pg_current_xact_id();
    if new.disabled_at is null then
        delete from bans where user_id = new.id;
    end if;
    return null;
end
$$;

-- As before, but for a transaction of the service that records the change itself, with who has made it.
create or replace function record_account_change() returns trigger language plpgsql set search_path from current as $$
begin
    if current_setting('latchkey.records_changes', true) = 'on' then
        return null;
    end if;
    if (old.disabled_at is null) <> (new.disabled_at is null) then
        insert into audit_events (id, user_id, type, ip, user_agent, outcome, details)
        values (gen_random_uuid(), new.id,
            case when new.disabled_at is null then 'account_enabled' else 'account_disabled' end,
            '', 'database', 'success', jsonb_build_object('by', session_user));
    end if;
    if old.roles is distinct from new.roles then
        insert into audit_events (id, user_id, type, ip, user_agent, outcome, details)
        values (gen_random_uuid(), new.id, 'roles_change', '', 'database', 'success',
            jsonb_build_object('by', session_user,
                'from', left(array_to_string(old.roles, ','), 300),
                'to', left(array_to_string(new.roles, ','), 300)));
    end if;
    return null;
end
$$;

-- The orders in which accounts are listed, each with the id, so that a page begins where the one before it ended. Addresses
-- have theirs: users_email_key compares byte for byte, and so finds those that begin with a text.
create index users_created_idx on users (created_at, id);
create index users_name_idx on users ((lower(name) collate "C"), id) where name is not null;
-- Of few accounts among many.
create index users_administrators_idx on users (created_at, id) where 'admin' = any (roles);
create index users_with_roles_idx on users (created_at, id) where roles <> '{}';
create index users_disabled_idx on users (created_at, id) where disabled_at is not null;

-- Events of all accounts, newest first, and those of one administrator.
create index audit_events_time_idx on audit_events (at, id);
create index audit_events_by_idx on audit_events ((details ->> 'by'), at, id) where details ->> 'by' is not null;
