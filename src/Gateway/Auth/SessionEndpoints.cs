using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Auth;

/// <summary>Signing in by password, staying signed in, and signing out.</summary>
internal static class SessionEndpoints
{
    private const string RepeatDescription =
        "1 to 255 visible ASCII characters, never used before. A repeat with the same key and token, as after an answer that "
        + "was lost, gives the same refresh_token again, as long as that has not been exchanged itself. Any other second use "
        + "of a token ends its session.";

    public static void MapSessions(this IEndpointRouteBuilder auth)
    {
        auth.MapPost("/login", Login).WithName("login").WithSummary("Sign in with a password")
            .Accepts(AuthExamples.Login, AuthExamples.InvalidLogin).Produces(AuthExamples.Tokens)
            .ProducesProblem(AuthProblems.WrongPassword, AuthProblems.TooManyWrongPasswords(AuthExamples.Wait), AuthProblems.Busy);
        auth.MapPost("/logout", Logout).RequireAuthorization().WithName("logout").WithSummary("End this session, or all of them")
            .Accepts(AuthExamples.Logout).Produces(204, "Signed out.");
    }

    /// <summary>The limit counts by session, of those that show a token of ours, so the body is read before.</summary>
    public static void MapRefresh(this RouteGroupBuilder limited) => limited.MapGroup("")
        .CountBySession().WithParameterValidation()
        .MapPost("/refresh", Refresh).WithName("refresh").WithSummary("Exchange a refresh token for new tokens")
        .WithRequestHeader(IdempotencyKey.Header, RepeatDescription)
        .Accepts(AuthExamples.Refresh, AuthExamples.InvalidRefresh).Produces(AuthExamples.Tokens)
        .ProducesProblem(AuthProblems.BadRefreshToken, AuthLimit.SessionReached(60, AuthExamples.Wait));

    private static async Task<Results<Ok<TokenResponse>, Problem>> Login(
        Body<LoginRequest> body,
        Phones phones,
        IGrainFactory grains,
        KnownDevices devices,
        PasswordCheck check,
        Sessions sessions,
        HttpContext http)
    {
        var request = body.Value;
        var phone = await phones.FindAsync(MobileNumbers.Normalise(request.MobileNumber), http.RequestAborted);
        var proof = await check.RunAsync(phone, request.Password!, devices.Find(request.DeviceToken), http.RequestAborted);
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

    private static async Task<Results<Ok<TokenResponse>, Problem>> Refresh(
        IdempotencyKey key, Body<RefreshRequest> body, Sessions sessions, RefreshTokens tokens, HttpContext http)
    {
        var token = tokens.TryRead(body.Value.RefreshToken!, out var spent) ? spent : null;
        return AuthEndpoints.Tokens(
            await sessions.RefreshAsync(token, key.Value, http.RequestAborted), AuthProblems.BadRefreshToken, http);
    }

    private static async Task<NoContent> Logout(Body<LogoutRequest> body, Caller caller, IGrainFactory grains, HttpContext http)
    {
        // Safe to repeat: what has ended stays so.
        var security = grains.UserSecurity(caller.UserId);
        await GrainCalls.RetryAsync(
            () => body.Value.Everywhere is true ? security.EndAllSessions() : security.EndSession(caller.SignedIn.SessionId), http.RequestAborted);
        caller.SignedIn.CheckedAt = 0;
        return TypedResults.NoContent();
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
