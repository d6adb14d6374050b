-- Files of users. The bytes are in the file storage.
create table files (
  file_id text not null primary key,
  user_id text not null,
  name text not null,
  media_type text not null,
  size integer not null,
  sha256 text not null,
  created_at integer not null,
  idempotency_key text,
  -- Since when no message has it; null once one has it. Then it is deleted with the last room that has it.
  unused_since integer,
  -- Gemini's copy, which has an end. It belongs to the project of a key.
  gemini_name text,
  gemini_uri text,
  gemini_project text,
  gemini_expires_at integer
) strict;

create index files_of_user on files (user_id, file_id);

create unique index files_by_key on files (user_id, idempotency_key) where idempotency_key is not null;

create index files_unused on files (unused_since) where unused_since is not null;

-- Which messages have a file.
create table message_files (
  room_id text not null,
  message_id integer not null,
  file_id text not null,
  user_id text not null,
  primary key (room_id, message_id, file_id)
) strict, without rowid;

create index messages_of_file on message_files (file_id);

-- Bytes that must go at a time: those of an upload that has not ended, and those of deleted files with Gemini's copy.
create table file_erasures (
  file_id text not null primary key,
  user_id text not null,
  erase_at integer not null,
  gemini_name text,
  gemini_project text,
  gemini_expires_at integer
) strict;

create index file_erasures_by_time on file_erasures (erase_at);

-- Also for a process of the previous version, which does not know these tables.
create trigger delete_message_files_of_room after delete on rooms
begin
  delete from message_files where room_id = old.room_id;
end;
