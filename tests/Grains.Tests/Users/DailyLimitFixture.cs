using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>A cluster with five replies a day for Basic and 137 for Pro.</summary>
public sealed class DailyLimitFixture : IAsyncLifetime
{
    internal const int Limit = 5;
    internal const int ProLimit = 137;

    internal static readonly TierGrant Pro = new(Tier.Pro, ValidUntil: null, Version: 1);

    public GrainTestCluster Cluster { get; } = new(
        ("BASIC_DAILY_MESSAGES", $"{Limit}"), ("PRO_DAILY_MESSAGES", $"{ProLimit}"), ("GEMINI_PRO_MODEL", "the-pro-model"));

    internal DateOnly Today => DateOnly.FromDateTime(Cluster.Time.GetUtcNow().UtcDateTime);

    public ValueTask InitializeAsync() => Cluster.InitializeAsync();

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    internal static async Task UseUpDailyLimit(RoomDriver test, int but = 0)
    {
        for (var i = but; i < Limit; i++)
        {
            await test.PostAndWaitForReply($"message {i}");
        }
    }

    internal IUserGrain UserOf(RoomDriver test) => Cluster.Grains.User(test.Key.UserId);

    internal async Task<int> ReportedUsage(RoomDriver test) => (await UserOf(test).GetUsage())!.Used;

    internal async Task<int> StoredUsage(RoomDriver test, DateOnly? day = null) =>
        (await Cluster.UserRows.LoadQuota(test.Key.UserId, day ?? Today)).Used;
}

/// <summary>The tests of daily limits and refunds share one cluster.</summary>
[CollectionDefinition(Name)]
public sealed class DailyLimitCollection : ICollectionFixture<DailyLimitFixture>
{
    public const string Name = "Daily limits";
}
