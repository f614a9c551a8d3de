-- The language in which a user wants to be written to, as a tag such as de-AT (BCP 47). Null: that of the browser at the time.
alter table users add column locale text;
