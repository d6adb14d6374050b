using System.Collections.Concurrent;
using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Grains.Tests.Hosting;

/// <summary>The real store of customers and events, with outages where the test wants them.</summary>
internal sealed class SpoiltSubscriptions(ISubscriptionStore real) : ISubscriptionStore
{
    /// <summary>Users whose customer cannot be saved, as after a crash.</summary>
    public HashSet<Guid> NotSaving { get; } = [];

    /// <summary>Users whose events cannot be ended, as after a crash.</summary>
    public HashSet<Guid> NotSettling { get; } = [];

    /// <summary>The events that are stored, and their users.</summary>
    public ConcurrentDictionary<string, Guid> Added { get; } = new(StringComparer.Ordinal);

    public Task<SubscriptionWork> Load(Guid userId, int limit) => real.Load(userId, limit);

    /// <summary>Runs before a user is remembered for a look.</summary>
    public Func<Task>? BeforeRemind { get; set; }

    public async Task Remind(Guid userId, DateTimeOffset at)
    {
        await (BeforeRemind?.Invoke() ?? Task.CompletedTask);
        await real.Remind(userId, at);
    }

    public Task SaveCustomer(Guid userId, string customerId, DateTimeOffset checkAt) =>
        NotSaving.Contains(userId) ? throw Away() : real.SaveCustomer(userId, customerId, checkAt);

    public Task ForgetCustomer(Guid userId, string customerId) => real.ForgetCustomer(userId, customerId);

    public Task Settle(Guid userId, ImmutableArray<string> eventIds, DateTimeOffset? checkAt, DateTimeOffset now) =>
        NotSettling.Contains(userId) ? throw Away() : real.Settle(userId, eventIds, checkAt, now);

    public Task Forget(Guid userId) => real.Forget(userId);

    public Task<Guid?> FindUser(string? customerId, Guid? userId) => real.FindUser(customerId, userId);

    public async Task<bool> AddEvent(string eventId, Guid userId, string? customerId, DateTimeOffset now)
    {
        var isNew = await real.AddEvent(eventId, userId, customerId, now);
        Added.TryAdd(eventId, userId);
        return isNew;
    }

    public Task<ImmutableArray<Guid>> UsersWithWork(DateTimeOffset now, Guid after, int limit) =>
        real.UsersWithWork(now, after, limit);

    public Task<bool> RemoveDoneEvents(DateTimeOffset before, int limit) => real.RemoveDoneEvents(before, limit);

    private static StoreUnavailableException Away() => new("as the test wishes");
}
