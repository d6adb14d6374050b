-- The words of messages for the search, folded and with a key of their user. A row is written with its message.
create table message_words (
  -- Newer messages have higher numbers: the moment in milliseconds, then 20 bits.
  seq integer primary key,
  room_id text not null,
  id integer not null,
  words text not null
) strict;

create unique index message_words_of_message on message_words (room_id, id);

-- The words are letters and digits between spaces. Ranks are not used, so the index does not count words.
create virtual table message_index using fts5 (
  words, content = 'message_words', content_rowid = 'seq', tokenize = 'ascii', columnsize = 0);

-- Deleted words are removed from the index at once.
insert into message_index (message_index, rank) values ('secure-delete', 1);

create trigger message_words_inserted after insert on message_words begin
  insert into message_index (rowid, words) values (new.seq, new.words);
end;

create trigger message_words_deleted after delete on message_words begin
  insert into message_index (message_index, rowid, words) values ('delete', old.seq, old.words);
end;

-- Rooms with messages that may have no words yet.
create table unindexed_rooms (
  room_id text not null primary key
) strict, without rowid;

insert into unindexed_rooms select room_id from rooms;

-- When this database got the search. Until all processes have this version, messages are accepted without their words.
create table search_since (
  at integer not null
) strict;

insert into search_since values (cast(unixepoch('subsec') * 1000 as integer));
