namespace GeminiChat.Gateway.Auth;

/// <summary>The user and the session that the access token was issued to.</summary>
internal readonly record struct Caller(SignedIn SignedIn)
{
    public Guid UserId => SignedIn.UserId;

    public static ValueTask<Caller> BindAsync(HttpContext context) =>
        ValueTask.FromResult(new Caller(context.User as SignedIn
            ?? throw new InvalidOperationException("This route asks for no token, so it has no caller.")));
}
