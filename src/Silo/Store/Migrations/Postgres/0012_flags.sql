-- What the user set for the list of rooms: whether it shows the room first, and whether it leaves the room out.
alter table rooms add column is_pinned smallint not null default 0;
alter table rooms add column is_archived smallint not null default 0;

-- Whether the room is in no list and no search, and is deleted a day after its last use.
alter table rooms add column is_temporary smallint not null default 0;

-- Without updated_at: an update of an indexed column is not done in place, and each turn updates it.
create index rooms_temporary on rooms (created_at, room_id) where is_temporary = 1;

-- What the user thinks of a reply: 1 if it is good, 0 if it is not, null if the user has not said.
alter table messages add column feedback smallint;
alter table messages add column feedback_comment text;
