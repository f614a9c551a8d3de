-- So many users as a Better Auth server keeps them, each with a password and every fourth with a session:
--   psql -v users=1000000 -f bench/moving/better-auth.sql "$SOURCE"
-- The hashes have the form of real ones, and are of no password.
begin;

create table "user" (
    id text primary key, name text not null, email text not null unique, "emailVerified" boolean not null,
    image text, "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now());

create table session (
    id text primary key, "expiresAt" timestamptz not null, token text not null unique,
    "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null,
    "ipAddress" text, "userAgent" text, "userId" text not null references "user" on delete cascade);

create table account (
    id text primary key, "accountId" text not null, "providerId" text not null,
    "userId" text not null references "user" on delete cascade, "accessToken" text, "refreshToken" text, "idToken" text,
    "accessTokenExpiresAt" timestamptz, "refreshTokenExpiresAt" timestamptz, scope text, password text,
    "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null);

insert into "user" (id, name, email, "emailVerified", "createdAt")
select md5('user' || i), 'User ' || i, 'user' || i || '@example.com', i % 2 = 0, now() - make_interval(hours => i % 9999)
from generate_series(1, :users) i;

insert into account (id, "accountId", "providerId", "userId", password, "updatedAt")
select md5('account' || i), md5('user' || i), 'credential', md5('user' || i),
    md5('salt' || i) || ':' || repeat(md5('one' || i) || md5('two' || i), 2), now()
from generate_series(1, :users) i;

insert into session (id, token, "userId", "createdAt", "updatedAt", "expiresAt", "ipAddress", "userAgent")
select md5('session' || i), md5('token' || i), md5('user' || i), now() - interval '2 days', now(),
    now() + interval '5 days', '192.0.2.' || i % 256, 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
from generate_series(4, :users, 4) i;

create index "account_userId_idx" on account ("userId");
create index "session_userId_idx" on session ("userId");

commit;
analyze;
