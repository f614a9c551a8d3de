-- Links that people were sent. The key is the SHA-256 of the secret in the link, in hexadecimal.
create table mailed_links (
    id         text collate "C" primary key,
    purpose    text collate "C" not null,
    user_id    text collate "C" not null references users (id) on delete cascade,
    -- The user's address when it was made: a link counts for nothing once the account has another one.
    address    text collate "C" not null,
    -- The address that takes its place, where that is the purpose.
    target     text collate "C",
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at    timestamptz
);

create index mailed_links_user_idx on mailed_links (user_id, purpose);
create index mailed_links_expiry_idx on mailed_links (expires_at);

-- Whether an account has its new address. An update cannot pass over a conflict as an insert can, and an error would
-- take the caller's transaction with it; here it ends within.
create function change_email(account text, address text) returns boolean language plpgsql as $$
begin
    update users set email = address, email_verified = true, updated_at = now() where id = account;
    return found;
exception
    when unique_violation then
        return false;
end
$$;

-- Whatever ends all sessions of a user, a change of password or a ban for example, takes back the links that are out: they
-- may have been asked for by whoever is to be kept out.
create function withdraw_links() returns trigger language plpgsql set search_path from current as $$
begin
    delete from mailed_links where user_id = new.user_id and used_at is null;
    return null;
end
$$;

create trigger links_withdrawn after insert or update on user_revocations
    for each row execute function withdraw_links();
