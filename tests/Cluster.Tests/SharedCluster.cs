namespace GeminiChat.Cluster.Tests;

// Classes of a collection share one cluster. Starting one takes longer than most of their tests.

/// <summary>Tests in which silos and gateways join, end, stand still, and do not reach each other.</summary>
[CollectionDefinition]
public sealed class MemberFaults : ICollectionFixture<PartitionableClusterFixture>;

/// <summary>
/// Tests whose silos stay as they are. While silos join and leave, users move: readers then get <c>reload</c>.
/// </summary>
[CollectionDefinition]
public sealed class StableMembers : ICollectionFixture<StableClusterFixture>;

/// <summary>Tests that stop, pause and restart PostgreSQL and Redis.</summary>
[CollectionDefinition]
public sealed class ServerFaults : ICollectionFixture<ClusterFixture>;
