using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Auth;

/// <summary>Tokens for the users of the team's own server.</summary>
internal static class ServerTokenEndpoints
{
    private const string Description = """
        For your server, with an API key of scope `users` (`keys create`): a session of a user whom your server has authenticated. The
        user is created at the first request. Give the tokens to the user's browser or app, and never the key. The server answers for
        `subject`: it must be the id of the person who is signed in at your server. There is no `Idempotency-Key`: a repeat starts one more
        session, and gives tokens of that one.
        """;

    public static void MapServerTokens(this IEndpointRouteBuilder auth) =>
        auth.MapPost("/token", CreateTokens).RequireAuthorization(ApiKeyHandler.Require(ApiKeyScope.Users))
            .WithName("createToken").WithSummary("Tokens for a user of your server").WithDescription(Description)
            .Accepts(AuthExamples.Token, AuthExamples.InvalidToken).Produces(AuthExamples.Tokens)
            .WithHeader(200, "RateLimit-Policy", "\"api-key\";q=600;w=60").WithHeader(200, "RateLimit", "\"api-key\";r=599")
            .ProducesProblem(AuthProblems.WrongApiKey, AuthProblems.WrongScope, TokenRequest.WrongLifetime(1800))
            .ProducesProblem(ApiKeyRateLimiter.LimitReached(AuthExamples.RetryAfter), AuthRateLimiter.LimitReached(60, AuthExamples.RetryAfter));

    private static async Task<Results<Ok<TokenResponse>, Problem>> CreateTokens(
        JsonBody<TokenRequest> body, IdentityService identities, SessionService sessions, AccessTokenService access, HttpContext http)
    {
        var request = body.Value;
        if (request.ExpiresIn is { } seconds && (seconds < TokenRequest.MinLifetime || seconds > access.ExpiresIn))
        {
            return TokenRequest.WrongLifetime(access.ExpiresIn);
        }

        var signIn = new ExternalSignIn(IssuedAt: null, VisibleText.WithoutBidi(request.Name));
        var userId = await identities.FindUserAsync(IdentityService.Server, request.Subject!, signIn, http.RequestAborted);
        var lifetime = request.ExpiresIn is { } given ? TimeSpan.FromSeconds(given) : (TimeSpan?)null;

        // The device is not known: the request comes from the server. Null only if the user is deleted just now.
        return userId is { } user && await sessions.StartAsync(user, version: null, userAgent: null, lifetime) is { } tokens
            ? TypedResults.Ok(tokens)
            : Problems.Unavailable;
    }
}

/// <summary>A user of the team's own server.</summary>
/// <param name="Subject">The user's id at your server. It never changes and is never used for another person.</param>
/// <param name="Name">The name of a new user. A user who is known keeps the name.</param>
/// <param name="ExpiresIn">Seconds that the access token is good for, from 60 to the lifetime of our own tokens, which is the default.</param>
internal sealed record TokenRequest(
    [property: Required, StringLength(ExternalTokenClaims.MaxSubjectLength, MinimumLength = 1), Visible] string? Subject,
    [property: StringLength(SizeLimits.MaxNameLength, MinimumLength = 1), Visible] string? Name = null,
    int? ExpiresIn = null) : IRequestBody
{
    public const int MinLifetime = 60;

    public static Problem WrongLifetime(int max) => Problems.BadRequest($"expires_in must be from {MinLifetime} to {max} seconds.");
}
