using System.Collections.Concurrent;
using GeminiChat.Gateway.Auth;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Gateway.Tests.Fixtures;

/// <summary>Delivers codes to phones that tests can look at, so that all limits of real delivery hold.</summary>
internal sealed class OtpInbox : IOtpSender
{
    private readonly ConcurrentDictionary<string, string> _codes = new(StringComparer.Ordinal);

    public string? Send(OtpMessage message)
    {
        _codes[message.Number] = message.Code;
        return null;
    }

    /// <summary>The newest code that a number got.</summary>
    public string LastCodeOf(ApiUser person) => _codes[person.Number];

    /// <summary>A gateway that delivers codes here.</summary>
    public Task<GatewayFixture> StartGateway(params string[] settings) =>
        GatewayFixture.StartWithSiloAsync(["--OTP_DELIVERY=log", .. settings], builder => builder.Services.AddSingleton<IOtpSender>(this));
}
