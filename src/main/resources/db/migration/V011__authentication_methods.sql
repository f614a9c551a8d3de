-- How the user of a session signed in, as the claim amr of its access tokens says it: pwd, mail and so on. Empty: unknown, as
-- for sessions that were imported, opened before this column was there, or opened by a replica of the version before.
alter table sessions add column amr text[] not null default '{}';
