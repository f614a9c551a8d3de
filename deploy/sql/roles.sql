-- Three database roles for Latchkey: one migrates, one serves, one reads the audit log.
--
-- Run it as the administrator of the server, connected to Latchkey's own database: once before the first migration, once
-- after it, and after each upgrade. What is right already stays as it is. Passwords are not set here:
--
--     psql -v ON_ERROR_STOP=1 -d latchkey -f roles.sql
--     psql -d latchkey -c '\password latchkey_migrator'       (and so on)
--
-- An administrator who is no superuser first needs: grant latchkey_migrator to current_user;
-- Where one role owned the tables until now:          reassign owned by <that role> to latchkey_migrator;

do $$
declare
    _role text;
begin
    foreach _role in array array['latchkey_migrator', 'latchkey_service', 'latchkey_audit'] loop
        if not exists (select from pg_roles where rolname = _role) then
            execute format('create role %I login', _role);
        end if;
    end loop;
    -- No other role of the server gets in.
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to latchkey_migrator, latchkey_service, latchkey_audit', current_database());
    -- The dry run of an import has a temporary table.
    execute format('grant temporary on database %I to latchkey_service', current_database());
end
$$;

revoke all on schema public from public;
grant usage, create on schema public to latchkey_migrator;
grant usage on schema public to latchkey_service, latchkey_audit;

-- For the tables that later migrations create: a new release must work before anybody runs this file again.
alter default privileges for role latchkey_migrator in schema public
    grant select, insert, update, delete on tables to latchkey_service;
alter default privileges for role latchkey_migrator in schema public
    grant usage on sequences to latchkey_service;

-- For the tables that there are.
do $$
declare
    _table     text;
    _privilege text;
begin
    for _table, _privilege in values
        ('users', 'select, insert, update, delete'),
        ('credentials', 'select, insert, update, delete'),
        ('bans', 'select, insert, update, delete'),
        ('sessions', 'select, insert, update, delete'),
        ('ended_sessions', 'select, insert, update, delete'),
        ('revocations', 'select, insert, delete'),
        ('user_revocations', 'select, insert, update, delete'),
        ('disabled_users', 'select, insert, update, delete'),
        ('revocation_policy', 'select, update'),
        ('signing_keys', 'select, insert, update, delete'),
        -- What happened stays on record. Add "delete" to let the service remove what is older than latchkey.audit.retention.
        ('audit_events', 'select, insert'),
        ('throttle_buckets', 'select, insert, update, delete'),
        ('mailed_links', 'select, insert, update, delete'),
        ('reserved_emails', 'select, insert, update, delete'),
        ('outgoing_emails', 'select, insert, update, delete'),
        ('flyway_schema_history', 'select')
    loop
        if to_regclass('public.' || _table) is not null then
            execute format('revoke all on public.%I from latchkey_service', _table);
            execute format('grant %s on public.%I to latchkey_service', _privilege, _table);
        end if;
    end loop;
    if to_regclass('public.session_numbers') is not null then
        grant usage on sequence public.session_numbers to latchkey_service;
    end if;
    if to_regclass('public.audit_events') is not null then
        grant select on public.audit_events to latchkey_audit;
    end if;
end
$$;
