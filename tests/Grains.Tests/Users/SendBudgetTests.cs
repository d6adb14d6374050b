using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Tests.Users;

public sealed class SendBudgetTests : IAsyncLifetime
{
    private readonly RoomCluster _cluster = new();

    private ISendBudgetGrain Budget => _cluster.Grains.SendBudget();

    public async ValueTask InitializeAsync() => await _cluster.InitializeAsync();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task What_was_sent_counts_across_a_restart_to_the_message()
    {
        Assert.Equal(150, await Spend(150, limit: 250));
        await _cluster.Forget(Budget);
        Assert.Equal(100, await Spend(150, limit: 250));
        Assert.Equal(SendDecision.BudgetSpent, await Ask(limit: 250));
    }

    [Fact]
    public async Task When_its_silo_is_killed_no_more_than_the_limit_is_sent_and_at_most_a_hundredth_is_lost()
    {
        const int Limit = 1000;
        var before = await Spend(502, Limit);
        await _cluster.KillSiloOf(Budget);
        var after = await Spend(Limit, Limit);
        Assert.InRange(before + after, Limit - 10, Limit);
    }

    [Fact]
    public async Task A_state_that_another_activation_has_written_lets_nothing_through_unseen()
    {
        Assert.Equal(10, await Spend(10, limit: 20));
        await _cluster.WriteElsewhere<SendBudgetState>(Budget, "sends");
        await Assert.ThrowsAnyAsync<Exception>(() => Ask(limit: 20));
        Assert.Equal(10, await Spend(20, limit: 20));
    }

    [Fact]
    public async Task A_new_day_has_a_new_budget_and_new_shares()
    {
        Assert.Equal(20, await Spend(30, limit: 100, network: "203.0.113.0/24"));
        Assert.Equal(SendDecision.NetworkShareSpent, await Ask(100, "203.0.113.0/24"));
        Assert.Equal(SendDecision.Allowed, await Ask(100, "198.51.100.0/24"));
        _cluster.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(20, await Spend(30, limit: 100, network: "203.0.113.0/24"));
    }

    private async Task<int> Spend(int times, int limit, string? network = null)
    {
        var allowed = 0;
        for (var i = 0; i < times; i++)
        {
            allowed += await Ask(limit, network ?? $"10.0.{i % 200}.0/24") is SendDecision.Allowed ? 1 : 0;
        }

        return allowed;
    }

    private Task<SendDecision> Ask(int limit, string network = "192.0.2.0/24") =>
        Budget.TrySpend(new SendRequest(network, HasAccount: true, limit));
}
