namespace GeminiChat.Cluster.Tests;

/// <summary>Classes that can use one cluster after the other: a cluster of each one's own would cost more than they do.</summary>
[CollectionDefinition]
public sealed class SharedCluster : ICollectionFixture<ClusterFixture>;
