-- Moves of data from elsewhere into this database. While one is not done, nothing else may use the database.
create table moves (
  source text primary key,
  began_at bigint not null,
  done_at bigint,
  -- What had been moved, as the source had it.
  digest text
);

-- The numbers of users and rooms that came from the service before this one.
alter table users add column legacy_id bigint;
alter table rooms add column legacy_id bigint;

create unique index users_by_legacy_id on users (legacy_id) where legacy_id is not null;
create unique index rooms_by_legacy_id on rooms (legacy_id) where legacy_id is not null;
