using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Auth;

/// <summary>Validates access tokens. All refusals look the same.</summary>
internal sealed class JwtBearerSetup(AccessTokenKeys keys, ValidatedTokenCache tokenCache, SessionValidator sessions, ExternalTokens external)
    : IConfigureNamedOptions<JwtBearerOptions>
{
    private const string SessionOver = "The session is over.";
    private const int MaxTokenBytes = 8 * 1024;
    internal static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The answer to a token that is not valid, without the reason. A request without a token gets no error code (RFC 6750,
    /// 3.1).
    /// </summary>
    public static Problem Challenge(HttpContext http)
    {
        var sentOne = http.Request.Headers.ContainsKey(HeaderNames.Authorization);
        http.Response.Headers.WWWAuthenticate = sentOne ? "Bearer error=\"invalid_token\"" : "Bearer";
        return Problems.Unauthorized;
    }

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name is null or JwtBearerDefaults.AuthenticationScheme)
        {
            Configure(options);
        }
        else
        {
            options.Events = new JwtBearerEvents { OnChallenge = WriteChallenge };
            external.Configure(name, options);
        }
    }

    public void Configure(JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(new JsonWebTokenHandler { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxTokenBytes });
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = [keys.Algorithm],
            ValidTypes = [AccessTokenService.Type],
            ValidIssuer = AccessTokenService.Issuer,
            ValidAudience = AccessTokenService.Audience,
            IssuerSigningKeys = keys.ValidationKeys,
            ValidateIssuerSigningKey = true,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = ClockSkew,
        };
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = UseCachedToken,
            OnTokenValidated = CacheToken,
            OnChallenge = WriteChallenge,
        };
        if (external.AreAccepted)
        {
            options.ForwardDefaultSelector = external.SelectScheme;
        }
    }

    /// <summary>
    /// A client sends the same token with every request. Its validation costs more than the rest of a request that is answered
    /// from memory, and its result is the same until the token expires. Only the session has to be checked again.
    /// </summary>
    private async Task UseCachedToken(MessageReceivedContext context)
    {
        var header = context.Request.Headers.Authorization;
        if (header.Count > 1)
        {
            context.Fail("More than one Authorization header.");
        }
        else if (header is [{ } value] && tokenCache.Find(value) is { } user)
        {
            if (await sessions.IsLiveAsync(user, isStream: false, context.HttpContext.RequestAborted))
            {
                context.Principal = user;
                context.Success();
            }
            else
            {
                context.Fail(SessionOver);
            }
        }
    }

    private async Task CacheToken(TokenValidatedContext context)
    {
        var expiresAt = new DateTimeOffset(context.SecurityToken.ValidTo, TimeSpan.Zero) + ClockSkew;
        if (context.Principal is null || AccessTokenService.ReadPrincipal(context.Principal, expiresAt) is not { } user)
        {
            context.Fail("The token does not name a user and a session.");
        }
        else if (!await sessions.IsLiveAsync(user, isStream: false, context.HttpContext.RequestAborted))
        {
            context.Fail(SessionOver);
        }
        else if (context.Request.Headers.Authorization is [{ } header])
        {
            context.Principal = user;
            tokenCache.Add(header, user, context.SecurityToken.ValidTo);
        }
    }

    private static Task WriteChallenge(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        var problem = ExternalTokens.FindProblem(context.HttpContext) ?? Challenge(context.HttpContext);
        return problem.ExecuteAsync(context.HttpContext);
    }
}
