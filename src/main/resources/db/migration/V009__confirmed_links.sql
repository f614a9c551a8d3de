-- In the order in which the service locks their rows, so that neither waits for the other for ever.
lock table users, mailed_links in access exclusive mode;

-- Where the browser goes on after a link was used; null: to a page of ours.
alter table mailed_links add column callback text;

-- Whether the target is a verified address of the account from then on. It is, where the link proves that; a link that
-- brings an earlier address back brings this back with it.
alter table mailed_links add column target_verified boolean not null default true;

-- Addresses that accounts had before a change. Nobody else gets one while its former user can still undo the change. When
-- the account is deleted nothing is left to undo, and its user may sign up with the address again.
create table reserved_emails (
    email      text collate "C" primary key,
    user_id    text collate "C" not null references users (id) on delete cascade,
    expires_at timestamptz not null
);

create index reserved_emails_user_idx on reserved_emails (user_id);
create index reserved_emails_expiry_idx on reserved_emails (expires_at);

create function change_email(account text, address text, verified boolean) returns boolean language plpgsql as $$
begin
    update users set email = address, email_verified = verified, updated_at = now() where id = account;
    if not found then
        return false;
    end if;
    -- Looked up after the update, since that waits for a transaction which is just giving the address up: by now its
    -- reservation is visible.
    if exists (select from reserved_emails where email = address and user_id <> account and expires_at > now()) then
        raise unique_violation;
    end if;
    return true;
exception
    when unique_violation then
        return false;
end
$$;

-- For replicas of the previous release, which must not pass over a reservation either.
create or replace function change_email(account text, address text) returns boolean language plpgsql as $$
begin
    return change_email(account, address, true);
end
$$;

-- The links that undo a change of address stay valid whatever ends the sessions: the one whom they protect the account
-- from could withdraw them otherwise, by a change of password or by a second change of address.
create or replace function withdraw_links() returns trigger language plpgsql set search_path from current as $$
begin
    delete from mailed_links
    where user_id = new.user_id and used_at is null and purpose <> 'email_change_undo';
    return null;
end
$$;
