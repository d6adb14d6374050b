-- Branches of rooms that everybody with the token may read. A row is removed a day after the end of its share: until then
-- a repeat of the request that made the share finds that it has ended.
create table shares (
  share_id uuid primary key,
  -- The SHA-256 of the token.
  token_hash text not null,
  -- Also for a silo of the previous version, which does not know this table.
  room_id uuid not null references rooms (room_id) on delete cascade,
  user_id uuid not null,
  -- The last message of the branch.
  last_id bigint not null,
  -- The room's name when it was shared.
  name text not null,
  created_at bigint not null,
  -- Of a share that was ended, when.
  expires_at bigint,
  is_ended smallint not null default 0
);

create unique index shares_by_token on shares (token_hash);

create index shares_of_room on shares (room_id);

create index shares_by_end on shares (expires_at) where expires_at is not null;
