-- The words of messages for the search, folded and with a key of their user. A row is written with its message.
create table message_words (
  room_id uuid not null,
  id bigint not null,
  user_id uuid not null,
  -- Newer messages have higher numbers: the moment in milliseconds, then 20 bits.
  seq bigint not null,
  words tsvector not null,
  primary key (room_id, id)
);

create index message_words_by_word on message_words using gin (words);

-- For words that are in very many messages of the user.
create index message_words_of_user on message_words (user_id, seq);

-- Rooms with messages that may have no words yet.
create table unindexed_rooms (
  room_id uuid primary key
);

insert into unindexed_rooms select room_id from rooms;

-- When this database, which had rooms, got the search. Until all processes have this version, messages are accepted without
-- their words.
create table search_since (
  at bigint not null
);

insert into search_since select floor(extract(epoch from now()) * 1000)::bigint where exists (select 1 from rooms);
