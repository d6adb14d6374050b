using System.Net;
using System.Net.Sockets;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.ServiceDefaults.Startup;

/// <summary>A port at which the process is going to listen.</summary>
/// <param name="Setting">The setting that the port comes from.</param>
/// <param name="Endpoint">The address and the port.</param>
internal sealed record ListeningPort(string Setting, IPEndPoint Endpoint) : IStartupCheck
{
    /// <summary>The port of an address such as <c>http://*:8000</c>; null when it is no port, or any that is free.</summary>
    /// <exception cref="SettingException">It is not an address to listen at.</exception>
    public static ListeningPort? From(string setting, string url)
    {
        var address = Parse(setting, url);
        return address.IsUnixPipe || address.IsNamedPipe || address.Port is 0
            ? null
            : new ListeningPort(setting, new IPEndPoint(IpOf(address.Host), address.Port));
    }

    /// <summary>Checks that the process may listen there, and that no other one does.</summary>
    /// <exception cref="StartupException">It cannot.</exception>
    public Task Check(CancellationToken cancellationToken)
    {
        try
        {
            using var socket = new Socket(Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (Endpoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(Endpoint);
            return Task.CompletedTask;
        }
        catch (SocketException e)
        {
            throw new StartupException(e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"Port {Endpoint.Port} is taken: another process listens there. {Setting} can set another port.",
                SocketError.AccessDenied =>
                    $"Port {Endpoint.Port} is not allowed: this account may not listen there. {Setting} can set another port.",
                _ => $"{Setting}: this machine cannot listen at {Endpoint}: {e.Message}.",
            });
        }
    }

    private static BindingAddress Parse(string setting, string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address is { PathBase: "", Scheme: "http" or "https", Port: >= 0 and <= IPEndPoint.MaxPort }
                ? address
                : throw new FormatException();
        }
        catch (FormatException)
        {
            throw new SettingException($"{setting} must be addresses to listen at, like http://*:8000, separated by semicolons.");
        }
    }

    // The same addresses as Kestrel's: a name other than localhost stands for all addresses.
    private static IPAddress IpOf(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(host, out var address) ? address
        : Socket.OSSupportsIPv6 ? IPAddress.IPv6Any
        : IPAddress.Any;
}
