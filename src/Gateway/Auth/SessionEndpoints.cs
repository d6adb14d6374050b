using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Auth;

/// <summary>Sign-in by password, exchange of refresh tokens, and sign-out.</summary>
internal static class SessionEndpoints
{
    private const string RepeatDescription =
        "1 to 255 visible ASCII characters, never used before. A repeat with the same key and token, as after an answer that "
        + "was lost, gives the same refresh_token again, as long as that has not been exchanged itself. Any other second use "
        + "of a token ends its session.";

    private const string LogoutDescription =
        "With everywhere, all sessions of the user end, and no access token that another service has issued until now is accepted any "
        + "more. Such a token has no session here, so it needs everywhere.";

    public static void MapSessions(this IEndpointRouteBuilder auth)
    {
        auth.MapPost("/login", Login).WithName("login").WithSummary("Sign in with a password")
            .WithDescription("A wrong password and a number without an account are answered alike.")
            .Accepts(AuthExamples.Login, AuthExamples.InvalidLogin).Produces(AuthExamples.Tokens)
            .ProducesProblem(AuthProblems.WrongPassword, AuthProblems.TooManyWrongPasswords(AuthExamples.RetryAfter), AuthProblems.Busy);
        auth.MapPost("/logout", Logout).RequireAuthorization().WithName("logout").WithSummary("End this session, or all of them")
            .WithDescription(LogoutDescription).Accepts(AuthExamples.Logout).Produces(204, "Signed out.").ProducesProblem(AuthProblems.OnlyEverywhere);
    }

    /// <summary>The limit counts by session, so the body is read before the limit is checked.</summary>
    public static void MapRefresh(this RouteGroupBuilder limited) => limited.MapGroup("")
        .CountBySession().WithParameterValidation()
        .MapPost("/refresh", Refresh).WithName("refresh").WithSummary("Exchange a refresh token for new tokens")
        .WithDescription(
            "Each refresh token is good once. A client that did not get the answer sends the same request again with the same `Idempotency-Key`.")
        .WithRequestHeader(IdempotencyKey.HeaderName, RepeatDescription)
        .Accepts(AuthExamples.Refresh, AuthExamples.InvalidRefresh).Produces(AuthExamples.Tokens)
        .ProducesProblem(AuthProblems.BadRefreshToken, AuthRateLimiter.SessionLimitReached(60, AuthExamples.RetryAfter));

    private static async Task<Results<Ok<TokenResponse>, Problem>> Login(
        JsonBody<LoginRequest> body,
        PhoneGrainLocator phones,
        IGrainFactory grains,
        DeviceTokenReader devices,
        PasswordAuthenticator check,
        SessionService sessions,
        HttpContext http)
    {
        var request = body.Value;
        var phone = await phones.FindAsync(MobileNumbers.Normalise(request.MobileNumber), http.RequestAborted);
        var proof = await check.AuthenticateAsync(phone, request.Password!, devices.Read(request.DeviceToken), http.RequestAborted);
        if (proof.Problem is { } refusal)
        {
            return Challenge(refusal, http);
        }

        // Refused if the password was changed during the check.
        var tokens = await sessions.StartAsync(proof.UserId, proof.Version, UserAgent.Read(http.Request));
        if (proof.UpgradedHash is { } stronger && tokens is not null)
        {
            await StoreUpgradedHash(grains.UserSecurity(proof.UserId), proof.PasswordHash, stronger);
        }

        return AuthEndpoints.ToTokenResult(tokens, AuthProblems.WrongPassword, http);
    }

    private static async Task StoreUpgradedHash(IUserSecurityGrain security, string weak, string stronger)
    {
        try
        {
            await security.RehashPassword(weak, stronger);
        }
        catch (Exception outage) when (TransientErrors.IsTransient(outage))
        {
            // The sign-in has succeeded already. The next sign-in replaces the weak hash.
        }
    }

    private static async Task<Results<Ok<TokenResponse>, Problem>> Refresh(
        IdempotencyKey key, JsonBody<RefreshRequest> body, SessionService sessions, RefreshTokenService tokens, HttpContext http)
    {
        var token = tokens.TryRead(body.Value.RefreshToken!, out var spent) ? spent : null;
        return AuthEndpoints.ToTokenResult(
            await sessions.RefreshAsync(token, key.Value, http.RequestAborted), AuthProblems.BadRefreshToken, http);
    }

    private static async Task<Results<NoContent, Problem>> Logout(JsonBody<LogoutRequest> body, Caller caller, IGrainFactory grains, HttpContext http)
    {
        if (caller.Principal.External is not null && body.Value.Everywhere is not true)
        {
            return AuthProblems.OnlyEverywhere;
        }

        // Safe to repeat: an ended session stays ended.
        var security = grains.UserSecurity(caller.UserId);
        await GrainCalls.RetryAsync(
            () => body.Value.Everywhere is true ? security.EndAllSessions() : security.EndSession(caller.Principal.SessionId), http.RequestAborted);
        caller.Principal.SessionCheckedAt = 0;
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
