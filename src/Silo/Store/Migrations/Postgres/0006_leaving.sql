-- Users who are gone for good: their ids are never used again. The row in users stays until all else is erased.
create table deleted_users (
  user_id uuid primary key,
  deleted_at bigint not null,
  -- Whether nothing is left of the user but this row.
  is_erased smallint not null default 0
);

create index deleted_users_to_erase on deleted_users (user_id) where is_erased = 0;
