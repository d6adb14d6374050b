-- Numbers that are to be looked at when due, by the key of their grain: what is kept of one that nobody has verified is
-- erased then.
create table unverified_numbers (
  phone_key text primary key,
  expires_at bigint not null
);

create index unverified_numbers_by_time on unverified_numbers (expires_at);
