-- Whether the room has a name of its own, from the user or as a title. A room from before keeps its name.
alter table rooms add column is_named smallint not null default 1;

-- The version at which name or system prompt changed last.
alter table rooms add column settings_version bigint not null default 1;

-- Rooms that are gone for good: their ids are never used again.
create table deleted_rooms (
  room_id uuid primary key,
  user_id uuid not null,
  deleted_at bigint not null,
  -- Whether its messages have been removed.
  is_purged smallint not null default 0
);

create index deleted_rooms_to_purge on deleted_rooms (room_id) where is_purged = 0;
