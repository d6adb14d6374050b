using System.Collections.Concurrent;
using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Grains.Tests.Hosting;

/// <summary>The real store of customers and events, with outages where the test wants them.</summary>
internal sealed class FaultInjectingSubscriptionStore(ISubscriptionStore real) : ISubscriptionStore
{
    /// <summary>Users whose customer cannot be saved, as after a crash.</summary>
    public HashSet<Guid> FailSaveCustomerFor { get; } = [];

    /// <summary>Users whose events cannot be ended, as after a crash.</summary>
    public HashSet<Guid> FailSettleFor { get; } = [];

    /// <summary>The events that are stored, and their users.</summary>
    public ConcurrentDictionary<string, Guid> Added { get; } = new(StringComparer.Ordinal);

    public Task<SubscriptionWork> Load(Guid userId, int limit) => real.Load(userId, limit);

    /// <summary>Runs before a user is remembered for a look.</summary>
    public Func<Task>? BeforeRemind { get; set; }

    public async Task ScheduleCheck(Guid userId, DateTimeOffset at)
    {
        await (BeforeRemind?.Invoke() ?? Task.CompletedTask);
        await real.ScheduleCheck(userId, at);
    }

    public Task SaveCustomer(Guid userId, string customerId, DateTimeOffset checkAt) =>
        FailSaveCustomerFor.Contains(userId) ? throw Unavailable() : real.SaveCustomer(userId, customerId, checkAt);

    public Task RemoveCustomer(Guid userId, string customerId) => real.RemoveCustomer(userId, customerId);

    public Task CompleteEvents(Guid userId, ImmutableArray<string> eventIds, DateTimeOffset? checkAt, DateTimeOffset now) =>
        FailSettleFor.Contains(userId) ? throw Unavailable() : real.CompleteEvents(userId, eventIds, checkAt, now);

    public Task RemoveUser(Guid userId) => real.RemoveUser(userId);

    public Task<Guid?> FindUser(string? customerId, Guid? userId) => real.FindUser(customerId, userId);

    public async Task<bool> AddEvent(string eventId, Guid userId, string? customerId, DateTimeOffset now)
    {
        var isNew = await real.AddEvent(eventId, userId, customerId, now);
        Added.TryAdd(eventId, userId);
        return isNew;
    }

    public Task<ImmutableArray<Guid>> ListUsersWithWork(DateTimeOffset now, Guid after, int limit) =>
        real.ListUsersWithWork(now, after, limit);

    public Task<bool> RemoveCompletedEvents(DateTimeOffset before, int limit) => real.RemoveCompletedEvents(before, limit);

    private static StoreUnavailableException Unavailable() => new("as the test wishes");
}
