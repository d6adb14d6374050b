using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Auth;

/// <summary>The user and the session that the access token was issued to.</summary>
internal readonly record struct Caller(SignedIn SignedIn)
{
    public Guid UserId => SignedIn.UserId;

    /// <summary>Who is signed in is at a device that is known by this very session.</summary>
    public KnownDevice Device => new(SignedIn.UserId, SignedIn.SessionId);

    public static ValueTask<Caller> BindAsync(HttpContext context) =>
        ValueTask.FromResult(new Caller(context.User as SignedIn
            ?? throw new InvalidOperationException("This route asks for no token, so it has no caller.")));
}
