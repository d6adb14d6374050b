-- State of grains. Orleans looks the queries up by key and passes their parameters by name; a write that returns no
-- row has lost against another activation. Of the two statements of a write only one can match: a state that was
-- never read has no version.

create table OrleansQuery (
  QueryKey text not null primary key,
  QueryText text not null
) strict;

create table OrleansStorage (
  GrainIdHash integer not null,
  GrainIdN0 integer not null,
  GrainIdN1 integer not null,
  GrainTypeHash integer not null,
  GrainTypeString text not null,
  GrainIdExtensionString text,
  ServiceId text not null,
  PayloadBinary blob,
  ModifiedOn text not null,
  Version integer not null
) strict;

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
  insert into OrleansStorage (
    GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId,
    PayloadBinary, ModifiedOn, Version)
  select
    @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString, @ServiceId,
    @PayloadBinary, datetime(''now''), 1
  where @GrainStateVersion is null
  on conflict do nothing
  returning Version as NewGrainStateVersion;

  update OrleansStorage
  set PayloadBinary = @PayloadBinary, ModifiedOn = datetime(''now''), Version = Version + 1
  where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash
    and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
    and GrainTypeString = @GrainTypeString and ServiceId = @ServiceId
    and coalesce(GrainIdExtensionString, '''') = coalesce(@GrainIdExtensionString, '''')
    and Version = @GrainStateVersion
  returning Version as NewGrainStateVersion
'),
('ClearStorageKey', '
  update OrleansStorage
  set PayloadBinary = null, ModifiedOn = datetime(''now''), Version = Version + 1
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
