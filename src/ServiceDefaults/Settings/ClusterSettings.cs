using System.Net;
using System.Net.Sockets;

namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>How silos find each other.</summary>
/// <param name="RedisUrl">The Redis that lists the cluster's members; null for a single process.</param>
/// <param name="SiloPort">The TCP port for other silos: by default 11111 in a cluster, a free port in a single process.</param>
/// <param name="GatewayPort">The TCP port for gateways: by default 30000 in a cluster, 0 (none) in a single process.</param>
/// <param name="SiloAddress">The address at which others reach this silo; null for the machine's first address.</param>
public sealed partial record ClusterSettings(string? RedisUrl, int SiloPort, int GatewayPort, IPAddress? SiloAddress = null)
{
    /// <summary>The name of service and cluster. Grain state is stored under it too, so it must never change.</summary>
    public const string ServiceId = "geminichat";

    private const int DefaultSiloPort = 11111;
    private const int DefaultGatewayPort = 30000;

    /// <summary>Whether there can be other silos.</summary>
    public bool IsClustered => RedisUrl is not null;

    /// <summary>
    /// Reads <c>CLUSTERING</c> (<c>localhost</c> or <c>redis</c>), <c>REDIS_URL</c>, <c>SILO_PORT</c>,
    /// <c>SILO_GATEWAY_PORT</c> and <c>SILO_ADDRESS</c>.
    /// </summary>
    /// <exception cref="SettingException">A setting is wrong.</exception>
    public static ClusterSettings Read(IConfiguration settings) =>
        settings["CLUSTERING"] switch
        {
            null or "" or "localhost" => new(
                null,
                SettingText.Port(settings, "SILO_PORT") ?? FreePort(),
                SettingText.Port(settings, "SILO_GATEWAY_PORT") ?? 0),
            "redis" => new(
                ReadRedisUrl(settings["REDIS_URL"]),
                SettingText.Port(settings, "SILO_PORT") ?? DefaultSiloPort,
                SettingText.Port(settings, "SILO_GATEWAY_PORT") ?? DefaultGatewayPort,
                Address(settings["SILO_ADDRESS"])),
            var other => throw new SettingException($"CLUSTERING is '{other}'; it can be 'localhost' or 'redis'."),
        };

    /// <summary>Logs the settings that are set but that a single process ignores.</summary>
    internal static void WarnOfUnused(IConfiguration settings, ILogger logger)
    {
        if (Read(settings).IsClustered)
        {
            return;
        }

        foreach (var (name, reason) in new[]
        {
            ("REDIS_URL", "this is one process. CLUSTERING=redis makes it part of a cluster"),
            ("CLUSTER_TLS_CERT_FILE", "this is one process, which has no other members to connect to"),
            ("DASHBOARD_PASSWORD", "only the silos of a cluster have a dashboard"),
            ("HOSTING", "only the silos of a cluster watch pods"),
        })
        {
            if (!string.IsNullOrWhiteSpace(settings[name]))
            {
                Log.Unused(logger, name, reason);
            }
        }
    }

    private static string ReadRedisUrl(string? url)
    {
        if (string.IsNullOrWhiteSpace(url))
        {
            throw new SettingException("REDIS_URL is missing: CLUSTERING=redis lists the members of the cluster there.");
        }

        _ = Settings.RedisUrl.Parse(url);
        return url;
    }

    private static IPAddress? Address(string? text) => text switch
    {
        null or "" => null,
        _ when IPAddress.TryParse(text, out var address) => address,
        _ => throw new SettingException($"SILO_ADDRESS is '{text}'; it must be an IP address of this machine."),
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Setting} is not used: {Reason}")]
        public static partial void Unused(ILogger logger, string setting, string reason);
    }
}
