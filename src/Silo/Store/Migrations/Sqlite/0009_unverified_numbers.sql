-- Numbers that are to be looked at when due, by the key of their grain: what is kept of one that nobody has verified is
-- erased then.
create table unverified_numbers (
  phone_key text not null primary key,
  expires_at integer not null
) strict, without rowid;

create index unverified_numbers_by_time on unverified_numbers (expires_at);
