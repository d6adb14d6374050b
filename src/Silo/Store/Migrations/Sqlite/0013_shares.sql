-- Branches of rooms that everybody with the token may read. A row is removed a day after the end of its share: until then
-- a repeat of the request that made the share finds that it has ended.
create table shares (
  share_id text not null primary key,
  -- The SHA-256 of the token.
  token_hash text not null,
  room_id text not null,
  user_id text not null,
  -- The last message of the branch.
  last_id integer not null,
  -- The room's name when it was shared.
  name text not null,
  created_at integer not null,
  -- Of a share that was ended, when.
  expires_at integer,
  is_ended integer not null default 0
) strict;

create unique index shares_by_token on shares (token_hash);

create index shares_of_room on shares (room_id);

create index shares_by_end on shares (expires_at) where expires_at is not null;

-- Also for a silo of the previous version, which does not know this table.
create trigger delete_shares_of_room after delete on rooms
begin
  delete from shares where room_id = old.room_id;
end;
