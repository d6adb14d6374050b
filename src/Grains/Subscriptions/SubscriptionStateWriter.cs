using Orleans.Storage;

namespace GeminiChat.Grains.Subscriptions;

/// <summary>A subscription's state with its one way to be written. Not thread-safe: it belongs to one activation.</summary>
/// <param name="userId">The user.</param>
/// <param name="state">The state.</param>
/// <param name="onFenced">Called when it is unknown what is stored: the next activation reads it.</param>
internal sealed class SubscriptionStateWriter(Guid userId, IPersistentState<SubscriptionState> state, Action onFenced)
{
    public Guid UserId => userId;

    public SubscriptionState Current => state.State;

    /// <summary>Whether this activation may not go on.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>Stores the next state. One write at a time: callers are in <see cref="SerialExecutor"/>.</summary>
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
            throw new InconsistentStateException($"The subscription of user {userId} is another activation's.");
        }
    }
}
