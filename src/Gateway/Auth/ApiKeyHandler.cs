using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Text.Encodings.Web;
using GeminiChat.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Authenticates the team's own servers by their API keys. A wrong key counts for its address, a right one for itself. It runs before the
/// body is read. An address with no requests left is refused before its key is looked up.
/// </summary>
internal sealed partial class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    IGrainFactory grains,
    AuthRateLimiter addresses,
    ApiKeyRateLimiter limit) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ApiKey";

    private static readonly AuthenticateResult Refused = AuthenticateResult.Fail("The API key is refused.");

    private Problem? _refusal;

    /// <summary>The right to a route: a key with a scope.</summary>
    public static AuthorizationPolicy Require(ApiKeyScope scope) => new AuthorizationPolicyBuilder(SchemeName)
        .RequireAssertion(context => context.User is ApiKeyPrincipal key && key.Scope == scope)
        .Build();

    /// <summary>Whether a route with this metadata takes an API key, and no access token.</summary>
    public static bool IsRequiredBy(IEnumerable<object> metadata) =>
        metadata.OfType<AuthorizationPolicy>().Any(policy => policy.AuthenticationSchemes.Contains(SchemeName, StringComparer.Ordinal));

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (addresses.FindExhausted(Context) is { } exhausted)
        {
            return Refuse(exhausted);
        }

        if (!TryReadKey(out var keyId, out var secretHash)
            || await GrainCalls.RetryAsync(() => grains.ApiKeys().Check(keyId, secretHash), Context.RequestAborted) is not { } use)
        {
            return Refuse(addresses.Acquire(Context) ?? AuthProblems.WrongApiKey);
        }

        if (use.IsFirst)
        {
            Log.FirstUse(Logger, keyId, Context.Connection.RemoteIpAddress?.ToString());
        }

        return limit.Acquire(keyId, Response) is { } tooMany
            ? Refuse(tooMany)
            : AuthenticateResult.Success(new AuthenticationTicket(new ApiKeyPrincipal(keyId, use.Scope), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return (_refusal ?? AuthProblems.WrongApiKey).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => AuthProblems.WrongScope.ExecuteAsync(Context);

    private bool TryReadKey(out Guid keyId, [NotNullWhen(true)] out string? secretHash)
    {
        (keyId, secretHash) = (Guid.Empty, null);
        return BearerToken.Find(Request) is { } key && ApiKeyText.TryParse(key, out keyId, out secretHash);
    }

    private AuthenticateResult Refuse(Problem problem)
    {
        _refusal = problem;
        return Refused;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The API key {KeyId:N} was used for the first time, from {Address}")]
        public static partial void FirstUse(ILogger logger, Guid keyId, string? address);
    }
}

/// <summary>A server with an API key.</summary>
internal sealed class ApiKeyPrincipal(Guid keyId, ApiKeyScope scope) : ClaimsPrincipal(new ClaimsIdentity(authenticationType: ApiKeyHandler.SchemeName))
{
    public Guid KeyId => keyId;

    public ApiKeyScope Scope => scope;
}
