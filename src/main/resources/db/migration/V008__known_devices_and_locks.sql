-- In the order in which the service locks their rows, so that neither waits for the other for ever.
lock table credentials, throttle_buckets in access exclusive mode;

-- Consecutive failed attempts at an account's password from unknown devices. At the limit the row is locked: its expires_at is
-- 'infinity', and it stays until the password is reset or the row is deleted. Until then it is kept 30 days after the latest
-- attempt. Addresses without an account have such rows too, so that nothing tells the two apart.
alter table throttle_buckets add column failures integer not null default 0;

-- For the deletion of those that are too many.
create index throttle_buckets_failures_idx on throttle_buckets (expires_at) where failures > 0;

-- Counts the changes and resets of a password, not its hashing anew. A known device is known for one version.
alter table credentials add column version bigint not null default 0;

-- A password that is changed by hand forgets the devices too.
create function count_credential_version() returns trigger language plpgsql set search_path from current as $$
begin
    new.version := old.version + 1;
    return new;
end
$$;

create trigger credentials_version before update of secret on credentials
    for each row when (old.secret is distinct from new.secret and old.own_changes = new.own_changes)
    execute function count_credential_version();
