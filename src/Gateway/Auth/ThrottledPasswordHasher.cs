using System.Threading.RateLimiting;
using BCrypt.Net;
using Microsoft.AspNetCore.Identity;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Hashes and checks passwords. One hash keeps a core busy for a third of a second, so without limits a few requests a second
/// would block everything else. Each <see cref="PasswordQueue"/> has a limit, and so has each authenticated user.
/// </summary>
internal sealed class ThrottledPasswordHasher(
    IPasswordHasher<ThrottledPasswordHasher> hasher, IOptions<PasswordHasherOptions> options) : IDisposable
{
    /// <summary>From OWASP's password storage cheat sheet, 2026. The framework's default is 100,000.</summary>
    public const int Iterations = 220_000;

    private const int MaxConcurrentLogins = 2;
    private const int QueueLimit = 16;

    /// <summary>Of each user, one password is hashed or queued and one more waits, so no user fills a queue.</summary>
    private readonly PartitionedRateLimiter<PasswordQueueEntry> _users = PartitionedRateLimiter.Create<PasswordQueueEntry, PasswordQueueEntry>(
        static entry => entry.UserId is null
            ? RateLimitPartition.GetNoLimiter(entry)
            : RateLimitPartition.GetConcurrencyLimiter(entry, static _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 1 }));

    /// <summary>By <see cref="PasswordQueue"/>.</summary>
    private readonly ConcurrencyLimiter[] _queues = [.. Enum.GetValues<PasswordQueue>().Select(static queue =>
        new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = queue is PasswordQueue.Login ? MaxConcurrentLogins : 1,
            QueueLimit = QueueLimit,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }))];

    /// <summary>
    /// A hash that no password matches, in the same format as all others. Its check takes the same time, so the time does not
    /// reveal whether there is an account.
    /// </summary>
    private readonly string _dummyHash = CreateDummyHash(options.Value.IterationCount);

    /// <summary>Hashes a password; null if the queue is full.</summary>
    public Task<string?> HashAsync(string password, PasswordQueueEntry entry, CancellationToken cancellationToken) =>
        RunQueuedAsync<string?>(entry, () => hasher.HashPassword(this, password), busy: null, cancellationToken);

    /// <summary>Checks a password.</summary>
    /// <param name="hash">The stored hash; null if there is none. The check takes the same time then.</param>
    /// <param name="password">The password.</param>
    /// <param name="entry">The queue, and the user if known.</param>
    /// <param name="cancellationToken">Ends the wait in the queue, not a running check.</param>
    public Task<PasswordVerifyOutcome> VerifyAsync(string? hash, string password, PasswordQueueEntry entry, CancellationToken cancellationToken) =>
        RunQueuedAsync(entry, () => Verify(hash ?? _dummyHash, password) switch
        {
            _ when hash is null => PasswordVerifyOutcome.Wrong,
            PasswordVerificationResult.Success => PasswordVerifyOutcome.Right,
            PasswordVerificationResult.SuccessRehashNeeded => PasswordVerifyOutcome.RightRehashNeeded,
            _ => PasswordVerifyOutcome.Wrong,
        }, PasswordVerifyOutcome.Busy, cancellationToken);

    /// <summary>
    /// Users that were imported from the FastAPI service have a bcrypt hash until their next sign-in by password. Bcrypt takes
    /// another time, so a wrong password is also checked against the dummy hash.
    /// </summary>
    private PasswordVerificationResult Verify(string hash, string password)
    {
        if (!hash.StartsWith("$2", StringComparison.Ordinal))
        {
            return hasher.VerifyHashedPassword(this, hash, password);
        }

        return MatchesBcrypt(hash, password)
            ? PasswordVerificationResult.SuccessRehashNeeded
            : hasher.VerifyHashedPassword(this, _dummyHash, password);
    }

    private static string CreateDummyHash(int iterations) => Convert.ToBase64String(
        [1, 0, 0, 0, 2, 0, (byte)(iterations >> 16), (byte)(iterations >> 8), (byte)iterations, 0, 0, 0, 16, .. new byte[16 + 32]]);

    private static bool MatchesBcrypt(string bcrypt, string password)
    {
        try
        {
            return BCrypt.Net.BCrypt.Verify(password, bcrypt);
        }
        catch (Exception unreadable) when (
            unreadable is SaltParseException or FormatException or ArgumentException or IndexOutOfRangeException)
        {
            // The stored text is not a bcrypt hash, so nothing matches it.
            return false;
        }
    }

    public void Dispose()
    {
        _users.Dispose();
        Array.ForEach(_queues, static queue => queue.Dispose());
    }

    /// <summary>On a separate thread: the thread pool has one thread per core, and two hashes could occupy them all.</summary>
    private async Task<T> RunQueuedAsync<T>(PasswordQueueEntry entry, Func<T> work, T busy, CancellationToken cancellationToken)
    {
        using var ofUser = await _users.AcquireAsync(entry, cancellationToken: cancellationToken);
        if (!ofUser.IsAcquired)
        {
            return busy;
        }

        using var ofQueue = await _queues[(int)entry.Queue].AcquireAsync(cancellationToken: cancellationToken);
        return ofQueue.IsAcquired
            ? await Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : busy;
    }
}

internal enum PasswordVerifyOutcome
{
    Wrong,
    Right,

    /// <summary>Right, but the stored hash is weak and should be replaced.</summary>
    RightRehashNeeded,

    /// <summary>Not checked, because the queue is full.</summary>
    Busy,
}

/// <summary>Each kind of work has its own queue, so that one kind cannot delay another.</summary>
internal enum PasswordQueue
{
    /// <summary>Logins from unknown devices.</summary>
    Login,

    /// <summary>Passwords from a device that was signed in to this account before.</summary>
    KnownDevice,

    /// <summary>New passwords of authenticated users.</summary>
    NewPassword,

    /// <summary>Sign-ups, which are anonymous.</summary>
    SignUp,
}

/// <summary>A place in a queue. An authenticated user has a limited number of them.</summary>
internal readonly record struct PasswordQueueEntry(PasswordQueue Queue, Guid? UserId = null);
