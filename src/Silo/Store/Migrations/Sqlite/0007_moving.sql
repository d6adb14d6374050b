-- Moves of data from elsewhere into this database. While one is not done, nothing else may use the database.
create table moves (
  source text not null primary key,
  began_at integer not null,
  done_at integer,
  -- What had been moved, as the source had it.
  digest text
) strict;

-- The numbers of users and rooms that came from the service before this one.
alter table users add column legacy_id integer;
alter table rooms add column legacy_id integer;

create unique index users_by_legacy_id on users (legacy_id) where legacy_id is not null;
create unique index rooms_by_legacy_id on rooms (legacy_id) where legacy_id is not null;
