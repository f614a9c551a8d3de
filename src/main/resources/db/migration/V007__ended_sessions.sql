-- All sessions of a user can be ended by one row, however many there are: sessions are numbered as they are opened, and one
-- whose number is not above its user's in ended_sessions has ended. Its row is deleted at once or a little later.

-- In the order in which the service locks their rows, so that neither waits for the other for ever.
lock table users, sessions in access exclusive mode;

create sequence session_numbers;

alter table sessions add column session_number bigint not null default 0;
alter table sessions alter column session_number set default nextval('session_numbers');

-- One row per user whose sessions are not all deleted yet. The user may be gone.
create table ended_sessions (
    user_id text collate "C" primary key,
    up_to   bigint not null
);

-- A user is deleted at once, and their sessions are ended like those of others.
alter table sessions drop constraint sessions_user_id_fkey;

-- For those that have ended, and as before for all of a user.
create index sessions_user_number_idx on sessions (user_id, session_number);
drop index sessions_user_idx;

-- Ends all sessions of a user except one, deletes some of their rows and returns their ids. The user's row is locked first,
-- then that in ended_sessions, then those of sessions.
create function end_sessions(_user_id text, _kept text default '', _batch integer default 1000) returns setof text
    language plpgsql volatile set search_path from current as $$
declare
    _before bigint;
    _up_to  bigint;
begin
    perform from users where id = _user_id for no key update;
    insert into ended_sessions as e (user_id, up_to) values (_user_id, -1)
        on conflict (user_id) do update set up_to = e.up_to
        returning e.up_to into _before;
    _up_to := nextval('session_numbers');
    -- Only one that has not ended yet is kept.
    update sessions set session_number = nextval('session_numbers')
        where id = _kept and user_id = _user_id and session_number > _before;
    update ended_sessions set up_to = _up_to where user_id = _user_id;
    return query delete from sessions where id = any (array(
        select s.id from sessions s where s.user_id = _user_id and s.session_number <= _up_to
        order by s.session_number limit _batch))
        returning id;
    delete from ended_sessions where user_id = _user_id and not exists (
        select from sessions s where s.user_id = _user_id and s.session_number <= _up_to);
end
$$;

-- As before, but for the rows that are too many for one statement.
create or replace function shut_user() returns trigger language plpgsql set search_path from current as $$
begin
    if tg_op = 'DELETE' then
        perform revoke_user(old.id, '', true, old.token_version + 1);
    else
        perform revoke_user(old.id);
    end if;
    perform end_sessions(old.id);
    return null;
end
$$;

create or replace function revoke_credentials() returns trigger language plpgsql set search_path from current as $$
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
    perform end_sessions(_user_id);
    return null;
end
$$;

-- As before, but silent when there is nothing to revoke: a statement that inserts no row is told to all replicas too.
create or replace function revoke_ended_sessions() returns trigger language plpgsql set search_path from current as $$
begin
    if exists (select from ended where absolute_expires_at > now()) then
        insert into revocations (session_id) select id from ended where absolute_expires_at > now()
        on conflict (session_id) do nothing;
    end if;
    return null;
end
$$;
