using Orleans.Storage;

namespace GeminiChat.Grains.Subscriptions;

/// <summary>The state of a subscription. All writes go through this class. Not thread-safe: one activation owns it.</summary>
/// <param name="userId">The user.</param>
/// <param name="state">The state.</param>
/// <param name="onFenced">Called when the outcome of a write is unknown. The next activation then reads the state.</param>
internal sealed class SubscriptionStateWriter(Guid userId, IPersistentState<SubscriptionState> state, Action onFenced)
{
    public Guid UserId => userId;

    public SubscriptionState Current => state.State;

    /// <summary>Whether this activation must not continue.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>
    /// Stores the next state. One write runs at a time, because all callers run in <see cref="SerialExecutor"/>.
    /// </summary>
    public async Task Write(SubscriptionState next)
    {
        ThrowIfFenced();
        var before = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            IsFenced = true;
            onFenced();
            throw;
        }
    }

    public void ThrowIfFenced()
    {
        if (IsFenced)
        {
            throw new InconsistentStateException($"The subscription of user {userId} is owned by another activation.");
        }
    }
}
