-- The messages that do not follow the newest message of their time: new versions of messages, replies asked for anew, and the
-- first message after the user went back to an earlier branch. Any other message follows the one with the id before its own.
create table branches (
  room_id text not null,
  id integer not null,
  -- The message that it follows; 0 for a first message.
  parent_id integer not null,
  -- Of a message that the user edited, the earlier version.
  edited_id integer,
  primary key (room_id, id)
) strict, without rowid;

-- The newest message of the branch that the user chose, and the room's next id then. Once the next id has moved, the newest
-- message is the head.
alter table rooms add column head integer;
alter table rooms add column head_next_id integer;
