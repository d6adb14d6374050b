-- Whether the room has a name of its own, from the user or as a title. A room from before keeps its name.
alter table rooms add column is_named integer not null default 1;

-- The version at which name or system prompt changed last.
alter table rooms add column settings_version integer not null default 1;

-- Rooms that are gone for good: their ids are never used again.
create table deleted_rooms (
  room_id text not null primary key,
  user_id text not null,
  deleted_at integer not null,
  -- Whether its messages have been removed.
  is_purged integer not null default 0
) strict, without rowid;

create index deleted_rooms_to_purge on deleted_rooms (room_id) where is_purged = 0;
