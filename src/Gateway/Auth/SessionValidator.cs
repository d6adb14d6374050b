namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Checks whether sessions are live, and whether tokens of other issuers are from after the last end of all sessions. A positive
/// result is cached for two seconds in this process. So an ended session is refused everywhere after two seconds at most. Its streams check as often, so they end within four seconds.
/// </summary>
internal sealed class SessionValidator(IGrainFactory grains, TimeProvider time)
{
    public static readonly TimeSpan CacheDuration = TimeSpan.FromSeconds(2);

    /// <summary>Whether a session is live.</summary>
    /// <param name="user">The user with the session.</param>
    /// <param name="isStream">Whether an open stream asks: see <see cref="GrainCalls.RetryInStreamAsync"/>.</param>
    /// <param name="cancellationToken">Ends the repeats.</param>
    public ValueTask<bool> IsLiveAsync(UserPrincipal user, bool isStream, CancellationToken cancellationToken) =>
        IsCached(user, time.GetUtcNow().UtcTicks) ? new(true) : new(CallGrainAsync(user, isStream, cancellationToken));

    private static bool IsCached(UserPrincipal user, long now) => now - user.SessionCheckedAt is >= 0 and var age && age < CacheDuration.Ticks;

    private async Task<bool> CallGrainAsync(UserPrincipal user, bool isStream, CancellationToken cancellationToken)
    {
        // The time before the call: a session that ends during the call must not count as live for longer.
        var now = time.GetUtcNow().UtcTicks;
        var grain = grains.UserSecurity(user.UserId);
        Task<bool> Check() => user.External is { } token
            ? grain.CheckExternalToken(token.IssuedAt)
            : grain.CheckSession(user.SessionId, user.Version);
        var isLive = await (isStream
            ? GrainCalls.RetryInStreamAsync(Check, cancellationToken)
            : GrainCalls.RetryAsync(Check, cancellationToken));
        user.SessionCheckedAt = isLive ? now : 0;
        return isLive;
    }
}
