namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Whether sessions go on. A yes counts for two seconds in this process, so an ended session is over everywhere within
/// that time, and its streams, which look again as often, within twice that.
/// </summary>
internal sealed class SessionValidator(IGrainFactory grains, TimeProvider time)
{
    /// <summary>How long a yes counts.</summary>
    public static readonly TimeSpan CacheDuration = TimeSpan.FromSeconds(2);

    /// <summary>Whether a request's session goes on.</summary>
    public ValueTask<bool> IsLiveAsync(UserPrincipal user, CancellationToken cancellationToken) =>
        IsCached(user, time.GetUtcNow().UtcTicks) ? new(true) : new(CallGrainAsync(user, isStream: false, cancellationToken));

    /// <summary>Whether the session of a stream that is open goes on.</summary>
    public ValueTask<bool> IsLiveForStreamAsync(UserPrincipal user, CancellationToken cancellationToken) =>
        IsCached(user, time.GetUtcNow().UtcTicks) ? new(true) : new(CallGrainAsync(user, isStream: true, cancellationToken));

    /// <summary>Whether nobody needs to be asked.</summary>
    private static bool IsCached(UserPrincipal user, long now) => now - user.SessionCheckedAt is >= 0 and var age && age < CacheDuration.Ticks;

    private async Task<bool> CallGrainAsync(UserPrincipal user, bool isStream, CancellationToken cancellationToken)
    {
        // From before the question: what is decided while it is under way must not count as old news.
        var now = time.GetUtcNow().UtcTicks;
        var grain = grains.UserSecurity(user.UserId);
        Task<bool> Check() => grain.CheckSession(user.SessionId, user.Version);
        var isLive = await (isStream
            ? GrainCalls.RetryInStreamAsync(Check, cancellationToken)
            : GrainCalls.RetryAsync(Check, cancellationToken));
        user.SessionCheckedAt = isLive ? now : 0;
        return isLive;
    }
}
