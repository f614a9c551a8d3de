-- Text columns that are compared as identifiers carry collation "C": byte for byte, whatever the database's locale.

create table users (
    id             text collate "C" primary key,
    email          text collate "C" not null,
    name           text,
    image          text,
    email_verified boolean     not null default false,
    roles          text[]      not null default '{}',
    disabled_at    timestamptz,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    -- FR-004: two sign-ups that race for one address meet here.
    constraint users_email_key unique (email)
);

-- What proves that somebody is a user. A user may have several kinds; of the kind 'password' there is one, with an empty reference.
create table credentials (
    user_id    text collate "C" not null references users (id) on delete cascade,
    kind       text collate "C" not null,
    reference  text collate "C" not null default '',
    secret     text        not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (user_id, kind, reference)
);

-- One row per signed-in device, and none per refresh: the chain of refresh tokens is its generation, the hash of the
-- live token and the salt from which the live one was derived. A refresh changes no indexed column, so its update stays
-- within the page (fillfactor leaves room for it).
create table sessions (
    id                  text collate "C" primary key,
    user_id             text collate "C" not null references users (id) on delete cascade,
    created_at          timestamptz not null default now(),
    authenticated_at    timestamptz not null default now(),
    last_used_at        timestamptz not null default now(),
    idle_expires_at     timestamptz not null,
    absolute_expires_at timestamptz not null,
    remembered          boolean     not null,
    ip                  text        not null,
    user_agent          text        not null,
    generation          integer     not null default 0,
    refresh_hash        bytea       not null,
    successor_salt      bytea,
    -- When the latest tokens were spent, oldest first; the last entry belongs to the token before the live one.
    spent_at            timestamptz[] not null default '{}'
) with (fillfactor = 85);

create index sessions_user_idx on sessions (user_id);
-- Pruning goes by the absolute end only, because that never changes.
create index sessions_absolute_end_idx on sessions (absolute_expires_at);

-- Sessions that ended before their access tokens did. Rows live until the last such token has expired.
create table revocations (
    session_id  text collate "C" primary key,
    revoked_at  timestamptz not null default clock_timestamp(),
    expires_at  timestamptz not null
);

create index revocations_revoked_idx on revocations (revoked_at);
create index revocations_expiry_idx on revocations (expires_at);

create table signing_keys (
    id             text collate "C" primary key,
    algorithm      text        not null,
    public_jwk     text        not null,
    private_sealed bytea       not null,
    created_at     timestamptz not null default now()
);

-- No foreign key: what happened to an account stays on record when the account is gone.
create table audit_events (
    id         uuid        primary key,
    user_id    text collate "C",
    type       text        not null,
    at         timestamptz not null default clock_timestamp(),
    ip         text        not null,
    user_agent text        not null,
    outcome    text        not null,
    details    jsonb       not null default '{}'
);

create index audit_events_user_idx on audit_events (user_id, at desc, id desc) where user_id is not null;
-- Rows arrive in order of time, so a block range index finds the old ones at next to no cost.
create index audit_events_at_idx on audit_events using brin (at);

-- Attempts counted per account and per client address: the instants of those inside the window, oldest first.
create table throttle_buckets (
    id         text collate "C" primary key,
    taken_at   timestamptz[] not null,
    expires_at timestamptz   not null
);

create index throttle_buckets_expiry_idx on throttle_buckets (expires_at);
