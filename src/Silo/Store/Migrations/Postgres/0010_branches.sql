-- The messages that do not follow the newest message of their time: new versions of messages, replies asked for anew, and the
-- first message after the user went back to an earlier branch. Any other message follows the one with the id before its own.
create table branches (
  room_id uuid not null,
  id bigint not null,
  -- The message that it follows; 0 for a first message.
  parent_id bigint not null,
  -- Of a message that the user edited, the earlier version.
  edited_id bigint,
  primary key (room_id, id)
);

-- The newest message of the branch that the user chose, and the room's next id then. Once the next id has moved, the newest
-- message is the head.
alter table rooms
  add column head bigint,
  add column head_next_id bigint;
