using System.Threading.RateLimiting;
using BCrypt.Net;
using Microsoft.AspNetCore.Identity;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Hashes and checks passwords. One hash keeps a core busy for a third of a second, so without a bound a few requests a
/// second would starve everything else. Each <see cref="PasswordQueue"/> has a bound of its own, and so has each user who
/// is known by then.
/// </summary>
internal sealed class ThrottledPasswordHasher(IPasswordHasher<ThrottledPasswordHasher> hasher) : IDisposable
{
    /// <summary>PBKDF2-HMAC-SHA512: OWASP's password storage cheat sheet, 2026. The framework's default is 100,000.</summary>
    public const int Iterations = 220_000;

    private const int MaxConcurrentLogins = 2;
    private const int QueueLimit = 16;

    /// <summary>One password of a user is at work or in line, and one waits for that: no user fills a queue.</summary>
    private readonly PartitionedRateLimiter<PasswordQueueEntry> _users = PartitionedRateLimiter.Create<PasswordQueueEntry, PasswordQueueEntry>(
        static turn => turn.UserId is null
            ? RateLimitPartition.GetNoLimiter(turn)
            : RateLimitPartition.GetConcurrencyLimiter(turn, static _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 1 }));

    /// <summary>By <see cref="PasswordQueue"/>.</summary>
    private readonly ConcurrencyLimiter[] _queues = [.. Enum.GetValues<PasswordQueue>().Select(static queue =>
        new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = queue is PasswordQueue.Login ? MaxConcurrentLogins : 1,
            QueueLimit = QueueLimit,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }))];

    /// <summary>
    /// The hash of no password, in the form of all others: checking it takes as long, so that a wrong password is never
    /// answered sooner because there is no account, nor because there is one.
    /// </summary>
    private static readonly string DummyHash = Convert.ToBase64String(
        [1, 0, 0, 0, 2, 0, Iterations >> 16 & 0xFF, Iterations >> 8 & 0xFF, Iterations & 0xFF, 0, 0, 0, 16, .. new byte[16 + 32]]);

    /// <summary>Hashes a password; null when too many others wait for theirs.</summary>
    public Task<string?> HashAsync(string password, PasswordQueueEntry entry, CancellationToken cancellationToken) =>
        RunQueuedAsync<string?>(entry, () => hasher.HashPassword(this, password), busy: null, cancellationToken);

    /// <summary>Checks a password.</summary>
    /// <param name="hash">What it should match; null when there is no account or no password, which takes as long.</param>
    /// <param name="password">The password.</param>
    /// <param name="entry">Where and for whom it waits.</param>
    /// <param name="cancellationToken">Ends the wait for a turn, not a check.</param>
    public Task<PasswordVerifyOutcome> VerifyAsync(string? hash, string password, PasswordQueueEntry entry, CancellationToken cancellationToken) =>
        RunQueuedAsync(entry, () => Verify(hash ?? DummyHash, password) switch
        {
            _ when hash is null => PasswordVerifyOutcome.Wrong,
            PasswordVerificationResult.Success => PasswordVerifyOutcome.Right,
            PasswordVerificationResult.SuccessRehashNeeded => PasswordVerifyOutcome.RightRehashNeeded,
            _ => PasswordVerifyOutcome.Wrong,
        }, PasswordVerifyOutcome.Busy, cancellationToken);

    /// <summary>
    /// A bcrypt hash came with its user from the service before this one, and serves until the next sign-in by password.
    /// How long it takes is its own affair, so a wrong password pays for the check of nobody's besides.
    /// </summary>
    private PasswordVerificationResult Verify(string hash, string password)
    {
        if (!hash.StartsWith("$2", StringComparison.Ordinal))
        {
            return hasher.VerifyHashedPassword(this, hash, password);
        }

        return MatchesBcrypt(hash, password)
            ? PasswordVerificationResult.SuccessRehashNeeded
            : hasher.VerifyHashedPassword(this, DummyHash, password);
    }

    private static bool MatchesBcrypt(string bcrypt, string password)
    {
        try
        {
            return BCrypt.Net.BCrypt.Verify(password, bcrypt);
        }
        catch (Exception unreadable) when (
            unreadable is SaltParseException or FormatException or ArgumentException or IndexOutOfRangeException)
        {
            // What is stored is no hash, so nothing matches it. The library looks for its parts where they should be.
            return false;
        }
    }

    public void Dispose()
    {
        _users.Dispose();
        Array.ForEach(_queues, static queue => queue.Dispose());
    }

    /// <summary>On a thread of its own: the pool has as many as there are cores, and two hashes would take them all.</summary>
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

/// <summary>What came of checking a password.</summary>
internal enum PasswordVerifyOutcome
{
    Wrong,
    Right,

    /// <summary>Right, and its hash is from a time with lower demands: it should be hashed anew.</summary>
    RightRehashNeeded,

    /// <summary>It was not checked: too many others wait for theirs.</summary>
    Busy,
}

/// <summary>Each kind of password work has a queue of its own, so that one kind cannot delay another.</summary>
internal enum PasswordQueue
{
    /// <summary>Logins from devices that are not known.</summary>
    Login,

    /// <summary>Passwords from a device that has been signed in to this account before.</summary>
    KnownDevice,

    /// <summary>New passwords of users who have proved who they are.</summary>
    NewPassword,

    /// <summary>Sign-ups, which prove nothing.</summary>
    SignUp,
}

/// <summary>A place in a queue: for a user, who has few, or for anybody.</summary>
internal readonly record struct PasswordQueueEntry
{
    private PasswordQueueEntry(PasswordQueue queue, Guid? userId) => (Queue, UserId) = (queue, userId);

    public PasswordQueue Queue { get; }

    /// <summary>Null where nobody has proved who asks.</summary>
    public Guid? UserId { get; }

    public static PasswordQueueEntry ForUser(Guid userId, PasswordQueue queue) => new(queue, userId);

    public static PasswordQueueEntry ForAnonymous(PasswordQueue queue) => new(queue, userId: null);
}
