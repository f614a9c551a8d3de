-- The session's token as the Better Auth client holds it, of which only the hash is kept (SHA-256). Sessions from before
-- have none, and such a client never held them. It never changes, so that refreshing stays within the page.
alter table sessions add column token_hash bytea;

create unique index sessions_token_idx on sessions (token_hash) where token_hash is not null;
