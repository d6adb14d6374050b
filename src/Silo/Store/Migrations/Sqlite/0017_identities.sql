-- Of a user who signs in elsewhere, the key of the identity: a keyed hash of issuer and subject. The number of such a user is not
-- verified, and empty if there is none.
alter table users add column identity_key text;

-- Keys of the team's own servers: the SHA-256 of the secret part of each. The scope is that of ApiKeyScope.
create table api_keys (
  key_id text not null primary key,
  secret_hash text not null,
  name text not null,
  scope integer not null,
  created_at integer not null,
  expires_at integer,
  last_used_at integer,
  revoked_at integer
) strict;
