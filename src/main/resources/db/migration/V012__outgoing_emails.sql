-- E-mails that are not sent yet. A row says what is to be written and holds no secret: the token of a link is derived when the
-- e-mail is written, from the id and a key that the database does not have.
create table outgoing_emails (
    -- Chosen by the service.
    id              uuid        primary key,
    kind            text collate "C" not null,
    recipient       text collate "C" not null,
    -- The user whose e-mails are withdrawn with their links; null where no account was looked up yet, and for notices, which
    -- are sent whatever becomes of the account.
    user_id         text collate "C",
    -- The language that the request asked for; null: none.
    locale          text,
    details         jsonb       not null default '{}',
    -- A client has asked for it; it belongs to no change. Of those of a kind to a recipient only the newest are kept.
    requested       boolean     not null default false,
    attempts        integer     not null default 0,
    created_at      timestamptz not null default now(),
    next_attempt_at timestamptz not null default now(),
    -- Until then a replica is writing and sending it, in the attempt that is counted already. After that it has died.
    claimed_until   timestamptz
);

create index outgoing_emails_next_idx on outgoing_emails (next_attempt_at);
create index outgoing_emails_user_idx on outgoing_emails (user_id) where user_id is not null;
create index outgoing_emails_recipient_idx on outgoing_emails (recipient, kind) where requested;

-- As before, and what is not sent yet is withdrawn too: the link would be made after all links were withdrawn.
create or replace function withdraw_links() returns trigger language plpgsql set search_path from current as $$
begin
    delete from mailed_links
    where user_id = new.user_id and used_at is null and purpose <> 'email_change_undo';
    delete from outgoing_emails
    where user_id = new.user_id
        and (kind <> 'email_change_undo' or not exists (select from users where id = new.user_id));
    return null;
end
$$;
