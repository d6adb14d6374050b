using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Tests.Users;

public sealed class SendBudgetTests : IAsyncLifetime
{
    private readonly GrainTestCluster _cluster = new();

    private ISendBudgetGrain Budget => _cluster.Grains.SendBudget();

    public async ValueTask InitializeAsync() => await _cluster.InitializeAsync();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task The_count_of_sent_messages_is_exact_across_a_restart()
    {
        Assert.Equal(150, await Spend(150, limit: 250));
        await _cluster.Deactivate(Budget);
        Assert.Equal(100, await Spend(150, limit: 250));
        Assert.Equal(SendDecision.BudgetSpent, await Ask(limit: 250));
    }

    [Fact]
    public async Task After_a_silo_crash_the_budget_is_not_exceeded_and_at_most_one_percent_of_it_is_lost()
    {
        const int Limit = 1000;
        var before = await Spend(502, Limit);
        await _cluster.KillSiloOf(Budget);
        var after = await Spend(Limit, Limit);
        Assert.InRange(before + after, Limit - 10, Limit);
    }

    [Fact]
    public async Task A_superseded_activation_sends_nothing_uncounted()
    {
        Assert.Equal(10, await Spend(10, limit: 20));
        await _cluster.WriteFromAnotherActivation<SendBudgetState>(Budget, "sends");
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
        Budget.Acquire(new SendRequest(network, HasAccount: true, limit));
}
