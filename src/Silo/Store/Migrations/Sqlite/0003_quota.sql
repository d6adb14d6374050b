-- The tier that the user's subscription gives, until when, and the newest version of it that has arrived.
alter table users add column tier integer not null default 0;
alter table users add column tier_valid_until integer;
alter table users add column tier_version integer not null default 0;

-- Of a reply, the UTC day whose usage counts it; null when none does, or it was given back.
alter table messages add column charged_day integer;

-- Of a reply that was asked for anew, the one that the user wanted another of. The first reply to a message has the id
-- after it; the index finds all others.
alter table messages add column regenerates integer;

create index messages_regenerated on messages (room_id, reply_to) where regenerates is not null;
