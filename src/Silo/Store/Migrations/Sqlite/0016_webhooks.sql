-- What the receivers of webhooks must still be told: a row for each event and receiver. A row is removed when it is delivered or given up.
-- seq: the order of the events. It never comes twice, so that a late write for a removed row does not meet another one.
-- endpoint: the number of the receiver in the settings.
-- event_id: the same for all receivers of an event.
-- ordering_key: events with the same key are delivered in their order: those of a room, or those of a user that are about no room.
-- payload: the body of the request.
-- due_at: when it is to be sent, at first or again.
-- leased_until: until when a process is sending it.
create table webhook_deliveries (
  seq integer primary key autoincrement,
  endpoint integer not null,
  event_id text not null,
  ordering_key text not null,
  payload text not null,
  created_at integer not null,
  due_at integer not null,
  leased_until integer not null default 0,
  attempts integer not null default 0
) strict;

create index webhook_deliveries_due on webhook_deliveries (endpoint, due_at, seq);

create index webhook_deliveries_in_order on webhook_deliveries (endpoint, ordering_key, seq);
