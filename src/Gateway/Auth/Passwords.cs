using System.Threading.RateLimiting;
using BCrypt.Net;
using Microsoft.AspNetCore.Identity;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Hashes and checks passwords. One hash keeps a core busy for a third of a second, so without a bound a few requests a
/// second would starve everything else. Each <see cref="PasswordQueue"/> has a bound of its own, and so has each user who
/// is known by then.
/// </summary>
internal sealed class Passwords(IPasswordHasher<Passwords> hasher) : IDisposable
{
    /// <summary>PBKDF2-HMAC-SHA512: OWASP's password storage cheat sheet, 2026. The framework's default is 100,000.</summary>
    public const int Iterations = 220_000;

    private const int LoginsAtOnce = 2;
    private const int Waiting = 16;

    /// <summary>One password of a user is at work or in line, and one waits for that: no user fills a queue.</summary>
    private readonly PartitionedRateLimiter<PasswordTurn> _users = PartitionedRateLimiter.Create<PasswordTurn, PasswordTurn>(
        static turn => turn.UserId is null
            ? RateLimitPartition.GetNoLimiter(turn)
            : RateLimitPartition.GetConcurrencyLimiter(turn, static _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 1 }));

    /// <summary>By <see cref="PasswordQueue"/>.</summary>
    private readonly ConcurrencyLimiter[] _queues = [.. Enum.GetValues<PasswordQueue>().Select(static queue =>
        new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = queue is PasswordQueue.Login ? LoginsAtOnce : 1,
            QueueLimit = Waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }))];

    /// <summary>
    /// The hash of no password, in the form of all others: checking it takes as long, so that a wrong password is never
    /// answered sooner because there is no account, nor because there is one.
    /// </summary>
    private static readonly string Nobodys = Convert.ToBase64String(
        [1, 0, 0, 0, 2, 0, Iterations >> 16 & 0xFF, Iterations >> 8 & 0xFF, Iterations & 0xFF, 0, 0, 0, 16, .. new byte[16 + 32]]);

    /// <summary>Hashes a password; null when too many others wait for theirs.</summary>
    public Task<string?> HashAsync(string password, PasswordTurn turn, CancellationToken cancellationToken) =>
        InTurn<string?>(turn, () => hasher.HashPassword(this, password), busy: null, cancellationToken);

    /// <summary>Checks a password.</summary>
    /// <param name="hash">What it should match; null when there is no account or no password, which takes as long.</param>
    /// <param name="password">The password.</param>
    /// <param name="turn">Where and for whom it waits.</param>
    /// <param name="cancellationToken">Ends the wait for a turn, not a check.</param>
    public Task<PasswordVerdict> CheckAsync(string? hash, string password, PasswordTurn turn, CancellationToken cancellationToken) =>
        InTurn(turn, () => Verify(hash ?? Nobodys, password) switch
        {
            _ when hash is null => PasswordVerdict.Wrong,
            PasswordVerificationResult.Success => PasswordVerdict.Right,
            PasswordVerificationResult.SuccessRehashNeeded => PasswordVerdict.RightButWeaklyHashed,
            _ => PasswordVerdict.Wrong,
        }, PasswordVerdict.Busy, cancellationToken);

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

        return IsMatch(hash, password)
            ? PasswordVerificationResult.SuccessRehashNeeded
            : hasher.VerifyHashedPassword(this, Nobodys, password);
    }

    private static bool IsMatch(string bcrypt, string password)
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
    private async Task<T> InTurn<T>(PasswordTurn turn, Func<T> work, T busy, CancellationToken cancellationToken)
    {
        using var ofUser = await _users.AcquireAsync(turn, cancellationToken: cancellationToken);
        if (!ofUser.IsAcquired)
        {
            return busy;
        }

        using var ofQueue = await _queues[(int)turn.Queue].AcquireAsync(cancellationToken: cancellationToken);
        return ofQueue.IsAcquired
            ? await Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : busy;
    }
}

/// <summary>What came of checking a password.</summary>
internal enum PasswordVerdict
{
    Wrong,
    Right,

    /// <summary>Right, and its hash is from a time with lower demands: it should be hashed anew.</summary>
    RightButWeaklyHashed,

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
internal readonly record struct PasswordTurn
{
    private PasswordTurn(PasswordQueue queue, Guid? userId) => (Queue, UserId) = (queue, userId);

    public PasswordQueue Queue { get; }

    /// <summary>Null where nobody has proved who asks.</summary>
    public Guid? UserId { get; }

    public static PasswordTurn Of(Guid userId, PasswordQueue queue) => new(queue, userId);

    public static PasswordTurn OfAnybody(PasswordQueue queue) => new(queue, userId: null);
}
