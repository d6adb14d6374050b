-- A user's customer at the payment provider. The row is there before the customer is, and is due until it has one.
create table stripe_customers (
  user_id text not null primary key,
  customer_id text,
  -- When the user's subscription is to be looked into unasked; null for never.
  check_at integer
) strict, without rowid;

create index stripe_customers_by_customer on stripe_customers (customer_id) where customer_id is not null;

create index stripe_customers_due on stripe_customers (check_at, user_id) where check_at is not null;

-- The provider's events. Those that are done stay for a while, so that one which comes again has no effect.
create table stripe_events (
  event_id text not null primary key,
  user_id text not null,
  customer_id text,
  received_at integer not null,
  done_at integer
) strict, without rowid;

create index stripe_events_open on stripe_events (user_id) where done_at is null;

create index stripe_events_done on stripe_events (received_at) where done_at is not null;
