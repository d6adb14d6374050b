using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Web;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Auth;

/// <summary>Which access tokens are taken, and how those that are not get refused: all alike.</summary>
internal sealed class BearerTokens(IOptions<TokenOptions> token, KnownTokens known) : IConfigureNamedOptions<JwtBearerOptions>
{
    private const int MaxTokenBytes = 8 * 1024;
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The answer to a token that is not good enough, without a word on why. RFC 6750, 3.1: no error code for a request
    /// that carries no token at all.
    /// </summary>
    public static Problem Refusal(HttpContext http)
    {
        var sentOne = http.Request.Headers.ContainsKey(HeaderNames.Authorization);
        http.Response.Headers.WWWAuthenticate = sentOne ? "Bearer error=\"invalid_token\"" : "Bearer";
        return Problems.Unauthorized;
    }

    public void Configure(string? name, JwtBearerOptions options) => Configure(options);

    public void Configure(JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(new JsonWebTokenHandler { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxTokenBytes });
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidTypes = [AccessTokens.Type],
            ValidIssuer = AccessTokens.Issuer,
            ValidAudience = AccessTokens.Audience,
            IssuerSigningKey = new SymmetricSecurityKey(token.Value.Key),
            ValidateIssuerSigningKey = true,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = ClockSkew,
        };
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = Recognise,
            OnTokenValidated = Remember,
            OnChallenge = Refuse,
        };
    }

    /// <summary>
    /// A client sends the same token with every request. Parsing it and checking its signature costs more than all the
    /// rest of a read from memory, and the answer cannot change before the token expires.
    /// </summary>
    private Task Recognise(MessageReceivedContext context)
    {
        var header = context.Request.Headers.Authorization;
        if (header.Count > 1)
        {
            context.Fail("More than one Authorization header.");
        }
        else if (header is [{ } value] && known.Find(value) is { } principal)
        {
            context.Principal = principal;
            context.Success();
        }

        return Task.CompletedTask;
    }

    private Task Remember(TokenValidatedContext context)
    {
        if (context.Principal is null || !Guid.TryParseExact(context.Principal.FindFirst(JwtRegisteredClaimNames.Sub)?.Value, "D", out var _))
        {
            context.Fail("The subject is not a user.");
        }
        else if (context.Request.Headers.Authorization is [{ } header])
        {
            known.Add(header, context.Principal, context.SecurityToken.ValidTo);
        }

        return Task.CompletedTask;
    }

    private static Task Refuse(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        return Refusal(context.HttpContext).ExecuteAsync(context.HttpContext);
    }
}
