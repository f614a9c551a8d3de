-- The user signed up without being signed in, and has not been since. Their first sign-in is no news to them; every other one by
-- a device that is not known causes a notice. False for all others: imported users, for example, have signed in elsewhere.
alter table users add column first_sign_in_due boolean not null default false;
