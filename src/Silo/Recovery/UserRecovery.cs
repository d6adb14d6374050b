using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Recovery;

/// <summary>
/// Wakes the deleted users of whom something is left: a deletion that was answered comes to its end whatever becomes of
/// the process.
/// </summary>
internal sealed partial class UserRecovery(
    IGrainFactory grains, IUserStore users, TimeProvider time, ILogger<UserRecovery> logger) : BackgroundService
{
    private const int PageSize = 500;
    private const int AtOnce = 32;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private Guid _after;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Try(WakeDeleted, stoppingToken);
            var jitter = 0.8 + (Random.Shared.NextDouble() * 0.4);
            await Task.Delay(Interval * jitter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One page, and the next one at the next pass: those who cannot be erased must not keep others waiting.</summary>
    private async Task WakeDeleted(CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        var deleted = await users.DeletedUsers(_after, PageSize);
        _after = deleted.Length < PageSize ? Guid.Empty : deleted[^1];
        await Parallel.ForEachAsync(deleted, options, async (user, _) => await Try(_ => grains.User(user).Wake(), cancellationToken));
    }

    private async Task Try(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step(cancellationToken);
        }
        catch (Exception failure)
        {
            // The next pass tries again, or it is for the next start.
            if (!cancellationToken.IsCancellationRequested)
            {
                Log.Failed(logger, failure);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Deleted users could not be looked after; trying again later")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
