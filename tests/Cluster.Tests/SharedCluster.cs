namespace GeminiChat.Cluster.Tests;

// Classes of a collection share one cluster. Starting one takes longer than most of their tests.

/// <summary>Tests that end silos and gateways and start them again.</summary>
[CollectionDefinition]
public sealed class MemberFaults : ICollectionFixture<ClusterFixture>;

/// <summary>Tests in which silos join, leave, and stand still.</summary>
[CollectionDefinition]
public sealed class MembershipChanges : ICollectionFixture<ClusterFixture>;

/// <summary>
/// Tests whose silos and gateways stay as they are. Notices can be lost while silos join and leave: readers then get
/// <c>reload</c>.
/// </summary>
[CollectionDefinition]
public sealed class StableMembers : ICollectionFixture<PaymentsClusterFixture>;

/// <summary>Tests that stop, pause and restart PostgreSQL and Redis.</summary>
[CollectionDefinition]
public sealed class ServerFaults : ICollectionFixture<ClusterFixture>;
