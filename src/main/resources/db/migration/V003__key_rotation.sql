-- A key is published at once and signs from an instant of its own; one that is retired counts for nothing any more.
-- The default is for replicas of the version before, which know nothing of it.
alter table signing_keys
    add column signs_from timestamptz not null default now(),
    add column retired_at timestamptz;

update signing_keys set signs_from = created_at;

-- Every replica that listens reads the keys again, whoever changed them and by whatever means.
create function tell_of_signing_keys() returns trigger language plpgsql as $$
begin
    perform pg_notify('latchkey', 'keys');
    return null;
end
$$;

create trigger signing_keys_told
    after insert or update or delete or truncate on signing_keys
    for each statement execute function tell_of_signing_keys();
