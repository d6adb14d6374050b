using Microsoft.IdentityModel.JsonWebTokens;

namespace GeminiChat.Gateway.Auth;

/// <summary>The user that the access token was issued to.</summary>
internal readonly record struct Caller(Guid UserId)
{
    public static ValueTask<Caller> BindAsync(HttpContext context)
    {
        var subject = context.User.FindFirst(JwtRegisteredClaimNames.Sub)
            ?? throw new InvalidOperationException("This route asks for no token, so it has no caller.");
        return ValueTask.FromResult(new Caller(Guid.ParseExact(subject.Value, "D")));
    }
}
