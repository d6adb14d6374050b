-- Beside what is used: what was given back. Their sum is what was accepted, whatever became of it.
alter table usage add column refunded integer not null default 0;

-- Of what was given back, the turns that were stopped before the model was called.
alter table usage add column refunded_stops integer not null default 0;

-- The limit that the newest acceptance was judged by; 0 for none.
alter table usage add column daily_limit integer not null default 0;

-- The usage of deleted users, kept until the day ends for whoever signs up with their number next.
create table former_usage (
  -- The keyed hash of the number, as in the key of its grain.
  phone_key text not null,
  utc_day integer not null,
  used integer not null,
  refunded integer not null,
  refunded_stops integer not null,
  primary key (phone_key, utc_day)
) strict, without rowid;
