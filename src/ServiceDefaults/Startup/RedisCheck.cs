using System.Net;
using GeminiChat.ServiceDefaults.Settings;
using StackExchange.Redis;

namespace GeminiChat.ServiceDefaults.Startup;

/// <summary>Checks that Redis can be used.</summary>
/// <param name="url">The value of <c>REDIS_URL</c>.</param>
/// <param name="timeout">
/// How long Redis may be away, until the start fails. Null for no limit: the process starts, and waits for Redis then.
/// </param>
/// <param name="time">The clock.</param>
/// <param name="logger">Gets a warning when Redis is away.</param>
internal sealed partial class RedisCheck(string url, TimeSpan? timeout, TimeProvider time, ILogger<RedisCheck> logger) : IStartupCheck
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    public async Task Check(CancellationToken cancellationToken)
    {
        var options = RedisUrl.Parse(url);
        (options.AbortOnConnectFail, options.ConnectRetry, options.ConnectTimeout) = (true, 1, (int)ConnectTimeout.TotalMilliseconds);
        var servers = string.Join(", ", options.EndPoints.Select(Display));
        var start = time.GetTimestamp();
        for (var first = true; await FindError(options, servers) is { } error; first = false)
        {
            if (!error.IsTemporary || time.GetElapsedTime(start) >= timeout)
            {
                throw new StartupException(error.Text);
            }

            if (first)
            {
                Log.Waiting(logger, error.Text);
            }

            if (timeout is null)
            {
                return;
            }

            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    private static string? Display(EndPoint endpoint) => endpoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : endpoint.ToString();

    private static async Task<(string Text, bool IsTemporary)?> FindError(ConfigurationOptions options, string servers)
    {
        try
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
            await redis.GetDatabase().PingAsync();
            return null;
        }
        catch (RedisConnectionException e) when (e.FailureType is ConnectionFailureType.AuthenticationFailure)
        {
            return ($"REDIS_URL: Redis at {servers} refuses the user or the password.", false);
        }
        catch (RedisServerException e)
        {
            return ($"REDIS_URL: Redis at {servers} refuses to work: {e.Message}", e.Message.StartsWith("LOADING", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return ($"REDIS_URL: Redis does not answer at {servers}.", true);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Reason} Waiting for it")]
        public static partial void Waiting(ILogger logger, string reason);
    }
}
