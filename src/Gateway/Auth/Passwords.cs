using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Hashes passwords. One hash keeps a core busy for a third of a second, so without a bound a few sign-ups a second
/// would starve everything else.
/// </summary>
internal sealed class Passwords : IDisposable
{
    /// <summary>PBKDF2-HMAC-SHA512: OWASP's password storage cheat sheet, 2026. The framework's default is 100,000.</summary>
    private const int Iterations = 220_000;

    private const int AtOnce = 2;
    private const int Waiting = 16;

    private readonly PasswordHasher<Passwords> _hasher =
        new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));

    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = AtOnce,
        QueueLimit = Waiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Hashes a password; null when too many others wait for theirs.</summary>
    public async Task<string?> HashAsync(string password, CancellationToken cancellationToken)
    {
        using var lease = await _limiter.AcquireAsync(1, cancellationToken);
        return lease.IsAcquired
            ? await Task.Run(() => _hasher.HashPassword(this, password), cancellationToken)
            : null;
    }

    public void Dispose() => _limiter.Dispose();
}
