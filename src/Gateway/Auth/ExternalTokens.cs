using System.Collections.Concurrent;
using GeminiChat.Gateway.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Validates access tokens of other issuers: one authentication scheme for each, chosen by the claim <c>iss</c>, which is not
/// verified yet. The user is found by issuer and subject.
/// </summary>
internal sealed class ExternalTokens(
    IOptions<ExternalIssuerOptions> options,
    IdentityService identities,
    SessionValidator sessions,
    ValidatedTokenCache tokenCache,
    TimeProvider time,
    ILogger<ExternalTokens> logger) : IDisposable
{
    /// <summary>Tokens of other issuers may have more claims than ours.</summary>
    private const int MaxTokenBytes = 16 * 1024;

    private const int MaxDocumentBytes = 256 * 1024;
    private static readonly object UnavailableItem = new();

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxTokenBytes };
    private readonly ConcurrentDictionary<string, IssuerKeys> _keys = new(StringComparer.Ordinal);

    // Not from IHttpClientFactory, which would log the requests.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = MaxDocumentBytes,
    };

    /// <summary>The answer to a token that could not be judged, because its key could not be had; null for other tokens.</summary>
    public static Problem? FindProblem(HttpContext http) => http.Items.TryGetValue(UnavailableItem, out var problem) ? (Problem?)problem : null;

    public static void AddSchemes(AuthenticationOptions authentication, IOptions<ExternalIssuerOptions> options)
    {
        foreach (var issuer in options.Value.Issuers.Keys)
        {
            authentication.AddScheme<JwtBearerHandler>(issuer, displayName: null);
        }
    }

    /// <summary>
    /// The scheme of a request with a token of another issuer; null for our own, and for tokens that were validated a moment ago.
    /// </summary>
    public string? SelectScheme(HttpContext http) =>
        http.Request.Headers.Authorization is [{ } header] && tokenCache.Find(header) is null
        && Parse(http.Request) is { } token ? options.Value.Find(token.Issuer)?.Url : null;

    /// <summary>Whether there is an issuer beside our own.</summary>
    public bool AreAccepted => options.Value.Issuers.Count > 0;

    public void Configure(string scheme, JwtBearerOptions bearer)
    {
        var issuer = options.Value.Issuers[scheme];
        var keys = _keys.GetOrAdd(scheme, _ => new IssuerKeys(issuer, CreateRetriever(), time, logger));
        bearer.MapInboundClaims = false;
        bearer.SaveToken = false;
        bearer.TokenHandlers.Clear();
        bearer.TokenHandlers.Add(_handler);
        bearer.ConfigurationManager = keys;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = ExternalTokenClaims.Algorithms,
            IssuerValidator = (text, _, _) => ExternalIssuer.WithoutSlash(text) == issuer.Url ? issuer.Url : throw new SecurityTokenInvalidIssuerException(),

            // ExternalTokenClaims does it: some issuers have other claims for it.
            ValidateAudience = false,
            TryAllIssuerSigningKeys = false,
            ValidateIssuerSigningKey = true,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = JwtBearerSetup.ClockSkew,
        };
        bearer.Events.OnMessageReceived = context => RequireKey(context, keys);
        bearer.Events.OnTokenValidated = context => FindUser(context, issuer);
    }

    public void Dispose() => _http.Dispose();

    private HttpDocumentRetriever CreateRetriever() => new(_http) { RequireHttps = !options.Value.AllowsHttp };

    private JsonWebToken? Parse(HttpRequest request)
    {
        var text = BearerToken.Find(request) ?? "";
        try
        {
            // Signed tokens have three parts. Encrypted ones have five, and are not accepted.
            return text.AsSpan().Count('.') == 2 && _handler.CanReadToken(text) ? _handler.ReadJsonWebToken(text) : null;
        }
        catch (Exception malformed) when (malformed is ArgumentException or SecurityTokenException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Fetches the keys if the token has an unknown one. A token that is refused anyway fetches nothing.</summary>
    private async Task RequireKey(MessageReceivedContext context, IssuerKeys keys)
    {
        if (Parse(context.Request) is not { } token
            || !ExternalTokenClaims.IsHeaderAccepted(token) || token.ValidTo < time.GetUtcNow().UtcDateTime - JwtBearerSetup.ClockSkew)
        {
            context.Fail("The token is no access token, or has expired.");
            return;
        }

        var found = await keys.FindAsync(token.Kid, context.HttpContext.RequestAborted);
        if (found is not KeySearchResult.Found)
        {
            if (found is KeySearchResult.Unavailable)
            {
                context.HttpContext.Items[UnavailableItem] = AuthProblems.KeyUnavailable(keys.FetchDelay);
            }

            context.Fail("The token's key is not known.");
        }
    }

    private async Task FindUser(TokenValidatedContext context, ExternalIssuer issuer)
    {
        if (context.SecurityToken is not JsonWebToken token
            || ExternalTokenClaims.Read(token, issuer, time.GetUtcNow() + JwtBearerSetup.ClockSkew) is not { } claims)
        {
            context.Fail("The token is for somebody else, or names nobody.");
            return;
        }

        var aborted = context.HttpContext.RequestAborted;
        var signIn = new ExternalSignIn(claims.IssuedAt, claims.Name, claims.MobileNumber);
        if (await identities.FindUserAsync(issuer.Url, claims.Subject, signIn, aborted) is not { } userId)
        {
            context.Fail("The user has been deleted since.");
            return;
        }

        var expiresAt = token.ValidTo < DateTime.MaxValue - JwtBearerSetup.ClockSkew
            ? new DateTimeOffset(token.ValidTo, TimeSpan.Zero) + JwtBearerSetup.ClockSkew
            : DateTimeOffset.MaxValue;
        var user = new UserPrincipal(userId, new ExternalToken(claims.IssuedAt, claims.AuthenticatedAt), expiresAt);
        if (!await sessions.IsLiveAsync(user, isStream: false, aborted))
        {
            context.Fail("The sessions have been ended since.");
        }
        else if (context.Request.Headers.Authorization is [{ } header])
        {
            context.Principal = user;
            tokenCache.Add(header, user, token.ValidTo);
        }
    }
}
