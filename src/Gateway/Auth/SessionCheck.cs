using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Whether sessions go on. A yes counts for two seconds in this process, so an ended session is over everywhere within
/// that time, and its streams, which look again as often, within twice that.
/// </summary>
internal sealed class SessionCheck(IGrainFactory grains, TimeProvider time)
{
    /// <summary>How long a yes counts.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(2);

    public ValueTask<bool> IsLiveAsync(SignedIn user) =>
        IsFresh(user, time.GetUtcNow().UtcTicks) ? new(true) : new(AskAsync(user));

    /// <summary>Whether nobody needs to be asked.</summary>
    private static bool IsFresh(SignedIn user, long now) => now - user.CheckedAt is >= 0 and var age && age < Trust.Ticks;

    private async Task<bool> AskAsync(SignedIn user)
    {
        // From before the question: what is decided while it is under way must not count as old news.
        var now = time.GetUtcNow().UtcTicks;
        var isLive = await Patient.Ask(
            (User: grains.User(user.UserId), user.SessionId, user.Version),
            static call => call.User.CheckSession(call.SessionId, call.Version));
        user.CheckedAt = isLive ? now : 0;
        return isLive;
    }
}
