-- State of grains. Orleans looks the queries up by key and passes their parameters by name; a write that returns no
-- row has lost against another activation.

create table OrleansQuery (
  QueryKey varchar(64) primary key,
  QueryText text not null
);

create table OrleansStorage (
  GrainIdHash integer not null,
  GrainIdN0 bigint not null,
  GrainIdN1 bigint not null,
  GrainTypeHash integer not null,
  GrainTypeString varchar(512) not null,
  GrainIdExtensionString varchar(512),
  ServiceId varchar(150) not null,
  PayloadBinary bytea,
  ModifiedOn timestamp not null,
  Version integer not null
);

-- Of two activations that write a grain's state for the first time, one wins. Null keys would not collide, hence
-- the coalesce.
create unique index OrleansStorage_of_grain on OrleansStorage (
  GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, ServiceId, coalesce(GrainIdExtensionString, ''));

insert into OrleansQuery (QueryKey, QueryText) values
('ReadFromStorageKey', '
  select PayloadBinary, Version
  from OrleansStorage
  where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
    and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
    and GrainTypeString = @GrainTypeString and ServiceId = @ServiceId
    and coalesce(GrainIdExtensionString, '''') = coalesce(@GrainIdExtensionString, '''')
'),
('WriteToStorageKey', '
  with updated as (
    update OrleansStorage
    set PayloadBinary = @PayloadBinary, ModifiedOn = now() at time zone ''utc'', Version = Version + 1
    where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
      and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
      and GrainTypeString = @GrainTypeString and ServiceId = @ServiceId
      and coalesce(GrainIdExtensionString, '''') = coalesce(@GrainIdExtensionString, '''')
      and Version = @GrainStateVersion
    returning Version
  ), inserted as (
    insert into OrleansStorage (
      GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId,
      PayloadBinary, ModifiedOn, Version)
    select
      @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString, @ServiceId,
      @PayloadBinary, now() at time zone ''utc'', 1
    where @GrainStateVersion is null
    on conflict do nothing
    returning Version
  )
  select Version as NewGrainStateVersion from updated
  union all
  select Version from inserted
'),
('ClearStorageKey', '
  update OrleansStorage
  set PayloadBinary = null, ModifiedOn = now() at time zone ''utc'', Version = Version + 1
  where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
    and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
    and GrainTypeString = @GrainTypeString and ServiceId = @ServiceId
    and coalesce(GrainIdExtensionString, '''') = coalesce(@GrainIdExtensionString, '''')
    and Version = @GrainStateVersion
  returning Version as NewGrainStateVersion
'),
('DeleteStorageKey', '
  delete from OrleansStorage
  where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
    and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
    and GrainTypeString = @GrainTypeString and ServiceId = @ServiceId
    and coalesce(GrainIdExtensionString, '''') = coalesce(@GrainIdExtensionString, '''')
    and Version = @GrainStateVersion
  returning Version + 1 as NewGrainStateVersion
');
