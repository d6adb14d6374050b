using System.Diagnostics;
using System.Net;
using System.Threading.RateLimiting;
using GeminiChat.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// The windows that attempts to sign in are counted in: one for each address, and one for each session that exchanges
/// its refresh tokens.
/// </summary>
internal sealed class AuthCounts(IOptions<ClientOptions> options) : IDisposable
{
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<Counted> _windows = PartitionedRateLimiter.Create<Counted, Counted>(
        counted => options.Value.AuthRequestsPerMinute is > 0 and var requests
            ? RateLimitPartition.GetFixedWindowLimiter(
                counted, _ => new FixedWindowRateLimiterOptions { PermitLimit = requests, Window = Window })
            : RateLimitPartition.GetNoLimiter(default(Counted))); // one for all: such a limiter is never forgotten

    public RateLimitLease Count(IPAddress client) => _windows.AttemptAcquire(new Counted(client, Guid.Empty));

    public RateLimitLease Count(Guid sessionId) => _windows.AttemptAcquire(new Counted(null, sessionId));

    /// <summary>The window of an address as the middleware wants it.</summary>
    public RateLimiter For(IPAddress client) => new AddressLimiter(this, client);

    public void Dispose() => _windows.Dispose();

    /// <summary>An address or a session.</summary>
    private readonly record struct Counted(IPAddress? Client, Guid SessionId);

    /// <summary>Holds nothing of its own, so it may be forgotten and made anew.</summary>
    private sealed class AddressLimiter(AuthCounts counts, IPAddress client) : RateLimiter
    {
        private long _usedAt = Stopwatch.GetTimestamp();

        public override TimeSpan? IdleDuration => Stopwatch.GetElapsedTime(Volatile.Read(ref _usedAt));

        public override RateLimiterStatistics? GetStatistics() => null;

        protected override RateLimitLease AttemptAcquireCore(int permitCount)
        {
            Volatile.Write(ref _usedAt, Stopwatch.GetTimestamp());
            return counts.Count(client);
        }

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
            new(AttemptAcquireCore(permitCount));
    }
}
