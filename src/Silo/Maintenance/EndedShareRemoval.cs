using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Maintenance;

/// <summary>Removes shares a day after their end. Until then a late repeat of the request that made one does not make it again.</summary>
internal sealed class EndedShareRemoval(IShareStore shares, TimeProvider time, ILogger<EndedShareRemoval> logger)
    : MaintenanceService(time, logger)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    protected override Task RunPass(CancellationToken cancellationToken) =>
        RunStep(() => shares.RemoveEnded(Time.GetUtcNow() - KeptFor), cancellationToken);
}
