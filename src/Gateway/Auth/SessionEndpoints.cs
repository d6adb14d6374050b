using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Auth;

/// <summary>Signing in by password, staying signed in, and signing out.</summary>
internal static class SessionEndpoints
{
    private const string RepeatMeaning =
        "1 to 255 visible ASCII characters, never used before. A repeat with the same key and token, as after an answer that "
        + "was lost, gives the same refresh_token again, as long as that has not been exchanged itself. Any other second use "
        + "of a token ends its session.";

    public static void MapSessions(this IEndpointRouteBuilder auth)
    {
        auth.MapPost("/login", Login).Says("login", "Sign in with a password")
            .Takes(AuthExamples.Login, AuthExamples.FlawedLogin).Gives(AuthExamples.Tokens)
            .Refuses(AuthProblems.WrongPassword, AuthProblems.TooManyWrongPasswords(AuthExamples.Wait), AuthProblems.Busy);

        // The limit of addresses is not for those who show a token of ours: see AuthLimit.Refusal.
        auth.MapPost("/refresh", Refresh).DisableRateLimiting().Says("refresh", "Exchange a refresh token for new tokens")
            .Heeds(IdempotencyKey.Header, RepeatMeaning).Takes(AuthExamples.Refresh, AuthExamples.FlawedRefresh)
            .Gives(AuthExamples.Tokens).Refuses(IdempotencyKey.Malformed, AuthProblems.BadRefreshToken)
            .Refuses(AuthLimit.SessionReached(60, AuthExamples.Wait));
        auth.MapPost("/logout", Logout).RequireAuthorization().Says("logout", "End this session, or all of them")
            .Takes(AuthExamples.Logout).Gives(204, "Signed out.");
    }

    private static async Task<IResult> Login(
        Body<LoginRequest> body,
        Phones phones,
        IGrainFactory grains,
        KnownDevices devices,
        PasswordCheck check,
        Sessions sessions,
        HttpContext http)
    {
        if (body.Value is not { Password: { } password } request)
        {
            return body.Refusal;
        }

        var phone = await phones.FindAsync(MobileNumbers.Normalise(request.MobileNumber), http.RequestAborted);
        var proof = await check.RunAsync(phone, password, devices.Find(request.DeviceToken), http.RequestAborted);
        if (proof.Refusal is { } refusal)
        {
            return Challenge(refusal, http);
        }

        // Refused when the password was changed while it was checked.
        var tokens = await sessions.StartAsync(proof.UserId, proof.Version);
        if (proof.StrongerHash is { } stronger && tokens is not null)
        {
            await TryStrengthen(grains.UserSecurity(proof.UserId), proof.PasswordHash, stronger);
        }

        return AuthEndpoints.Tokens(tokens, AuthProblems.WrongPassword, http);
    }

    /// <summary>The sign-in has succeeded by now; a hash that stays weak is made stronger the next time.</summary>
    private static async Task TryStrengthen(IUserSecurityGrain security, string weak, string stronger)
    {
        try
        {
            await security.StrengthenHash(weak, stronger);
        }
        catch (Exception outage) when (Outage.Is(outage))
        {
            // Nothing of the answer depends on it.
        }
    }

    private static async Task<IResult> Refresh(
        Body<RefreshRequest> body, Sessions sessions, RefreshTokens tokens, AuthLimit limit, HttpContext http)
    {
        var text = body.Value?.RefreshToken;
        var token = text is not null && tokens.TryRead(text, out var spent) ? spent : null;
        if (limit.Refusal(token, http) is { } refusal)
        {
            return refusal;
        }

        if (!IdempotencyKey.TryRead(http.Request, out var key, out var problem))
        {
            return problem;
        }

        return text is null
            ? body.Refusal
            : AuthEndpoints.Tokens(await sessions.RefreshAsync(token, key, http.RequestAborted), AuthProblems.BadRefreshToken, http);
    }

    private static async Task<IResult> Logout(Body<LogoutRequest> body, Caller caller, IGrainFactory grains, HttpContext http)
    {
        if (body.Value is not { } request)
        {
            return body.Refusal;
        }

        // Safe to repeat: what has ended stays so.
        var call = (Security: grains.UserSecurity(caller.UserId), request.Everywhere, caller.SignedIn.SessionId);
        await Patient.Ask(call, End, http.RequestAborted);
        caller.SignedIn.CheckedAt = 0;
        return TypedResults.NoContent();
    }

    private static async Task<bool> End((IUserSecurityGrain Security, bool? Everywhere, Guid SessionId) call)
    {
        await (call.Everywhere is true ? call.Security.EndAllSessions() : call.Security.EndSession(call.SessionId));
        return true;
    }

    /// <summary>RFC 9110, 15.5.2: a 401 names a way to authenticate.</summary>
    public static Problem Challenge(Problem problem, HttpContext http)
    {
        if (problem.Status is StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return problem;
    }
}
