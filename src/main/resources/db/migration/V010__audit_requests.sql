-- In the order in which the service locks their rows, so that neither waits for the other for ever: events are recorded after
-- what they are about.
lock table users in share row exclusive mode;
lock table audit_events in access exclusive mode;

-- The request that an event belongs to; null for what no request caused, and for counts of refusals.
alter table audit_events add column request_id text;

-- Accounts are disabled and given roles by SQL, past the service: the database itself records it, in the same transaction.
create function record_account_change() returns trigger language plpgsql set search_path from current as $$
begin
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

create trigger users_change_recorded after update of disabled_at, roles on users
    for each row when (old.disabled_at is distinct from new.disabled_at or old.roles is distinct from new.roles)
    execute function record_account_change();
