-- The words of messages for the search, folded. A row is written with its message.
create table message_words (
  -- Newer messages have higher numbers: the moment in milliseconds, then 20 bits.
  seq integer primary key,
  room_id text not null,
  id integer not null,
  -- Begins each word in the index, so that no user's search reads entries of another user.
  user_key text not null,
  words text not null
) strict;

create unique index message_words_of_message on message_words (room_id, id);

create view keyed_words as
  select seq, user_key || replace(words, ' ', ' ' || user_key) as words from message_words;

-- The words are letters and digits between spaces. Ranks are not used, so the index does not count words.
create virtual table message_index using fts5 (
  words, content = 'keyed_words', content_rowid = 'seq', tokenize = 'ascii', columnsize = 0);

-- Deleted words are removed from the index at once.
insert into message_index (message_index, rank) values ('secure-delete', 1);

-- Merges of more segments at once: each word is written to the file less often.
insert into message_index (message_index, rank) values ('automerge', 8);
insert into message_index (message_index, rank) values ('crisismerge', 32);

create trigger message_words_inserted after insert on message_words begin
  insert into message_index (rowid, words) values (new.seq, new.user_key || replace(new.words, ' ', ' ' || new.user_key));
end;

create trigger message_words_deleted after delete on message_words begin
  insert into message_index (message_index, rowid, words)
  values ('delete', old.seq, old.user_key || replace(old.words, ' ', ' ' || old.user_key));
end;

-- Rooms with messages that may have no words yet.
create table unindexed_rooms (
  room_id text not null primary key
) strict, without rowid;

insert into unindexed_rooms select room_id from rooms;

-- When this database, which had rooms, got the search. Until all processes have this version, messages are accepted without
-- their words.
create table search_since (
  at integer not null
) strict;

insert into search_since select cast(unixepoch('subsec') * 1000 as integer) where exists (select 1 from rooms);
