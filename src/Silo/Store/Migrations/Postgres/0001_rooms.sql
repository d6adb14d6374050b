-- Moments are Unix milliseconds in UTC.

-- Every acceptance and every end of a reply updates its room's row: room in the page keeps these updates off the
-- indexes.
create table rooms (
  room_id uuid primary key,
  user_id uuid not null,
  name text not null,
  system_prompt text,
  created_at bigint not null,
  updated_at bigint not null,
  version bigint not null,
  -- The id that the next message gets, and the fence of an acceptance.
  next_id bigint not null,
  created_as text not null check (length(created_as) <= 64),
  -- Marks the acceptance that wrote the row last, so that its other statements know whether it won.
  last_accept uuid
) with (fillfactor = 80);

-- With the room: a planner that looks for one of a user's thousand rooms finds it in either index.
create index rooms_of_user on rooms (user_id, room_id);

create table messages (
  room_id uuid not null,
  id bigint not null,
  sender smallint not null,
  content text not null,
  created_at bigint not null,
  status smallint not null,
  reply_to bigint,
  superseded_by bigint,
  reason text,
  model text,
  input_tokens bigint,
  output_tokens bigint,
  attempt integer not null,
  idempotency_key text,
  touched_at bigint not null,
  primary key (room_id, id)
);

create unique index messages_by_key on messages (room_id, idempotency_key) where idempotency_key is not null;

-- Without touched_at, so that a checkpoint changes no index.
create index messages_open on messages (room_id) where status < 2 and sender = 1;

create table usage (
  user_id uuid not null,
  utc_day integer not null,
  used integer not null,
  primary key (user_id, utc_day)
) with (fillfactor = 80);

create table users (
  user_id uuid primary key,
  mobile_number text not null,
  name text,
  created_at bigint not null
);

-- One row per writer: the number of the batch that it committed last, written in that batch's transaction. A writer
-- that lost its connection during COMMIT reads here whether the transaction went through.
create table commit_marks (
  lane uuid primary key,
  batch bigint not null,
  at bigint not null
) with (fillfactor = 50);
