-- Ids are UUIDs in their 36-character form, moments are Unix milliseconds in UTC.

create table rooms (
  room_id text not null primary key,
  user_id text not null,
  name text not null,
  system_prompt text,
  created_at integer not null,
  updated_at integer not null,
  version integer not null,
  -- The id that the next message gets, and the fence of an acceptance.
  next_id integer not null,
  created_as text not null check (length(created_as) <= 64),
  -- Marks the acceptance that wrote the row last, so that its other statements know whether it won.
  last_accept text
) strict;

-- With the room: a planner that looks for one of a user's thousand rooms finds it in either index.
create index rooms_of_user on rooms (user_id, room_id);

-- With a rowid: a message may have half a megabyte, and a b-tree with such rows in its inner nodes is a poor index.
-- New rows of all rooms then also share the last page.
create table messages (
  room_id text not null,
  id integer not null,
  sender integer not null,
  content text not null,
  created_at integer not null,
  status integer not null,
  reply_to integer,
  superseded_by integer,
  reason text,
  model text,
  input_tokens integer,
  output_tokens integer,
  attempt integer not null,
  idempotency_key text,
  touched_at integer not null,
  primary key (room_id, id)
) strict;

create unique index messages_by_key on messages (room_id, idempotency_key) where idempotency_key is not null;

create index messages_open on messages (room_id) where status < 2 and sender = 1;

create table usage (
  user_id text not null,
  utc_day integer not null,
  used integer not null,
  primary key (user_id, utc_day)
) strict, without rowid;

create table users (
  user_id text not null primary key,
  mobile_number text not null,
  name text,
  created_at integer not null
) strict;
