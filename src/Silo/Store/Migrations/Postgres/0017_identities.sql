-- Of a user who signs in elsewhere, the key of the identity: a keyed hash of issuer and subject. The number of such a user is not
-- verified, and empty if there is none.
alter table users add column identity_key text;

-- Keys of the team's own servers. The scope is that of ApiKeyScope.
create table api_keys (
  key_id uuid primary key,
  -- The SHA-256 of the secret part.
  secret_hash text not null,
  name text not null,
  scope smallint not null,
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint,
  revoked_at bigint
);
