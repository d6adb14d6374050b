namespace GeminiChat.Cluster.Tests;

// Classes of a collection share one cluster. Starting one takes longer than most of their tests.

/// <summary>Tests that end silos and gateways and start them again.</summary>
[CollectionDefinition]
public sealed class MemberFaults : ICollectionFixture<ClusterFixture>;

/// <summary>Tests in which silos join, leave, and stand still.</summary>
[CollectionDefinition]
public sealed class MembershipChanges : ICollectionFixture<ClusterFixture>;

/// <summary>Tests of the day's limit, for those who pay and those who do not.</summary>
[CollectionDefinition]
public sealed class DailyLimits : ICollectionFixture<PaymentsClusterFixture>;

/// <summary>Tests that stop, pause and restart PostgreSQL and Redis.</summary>
[CollectionDefinition]
public sealed class ServerFaults : ICollectionFixture<ClusterFixture>;
