using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Recovery;

/// <summary>
/// Lets the turns at work come to their ends before the silo leaves; those that do not are taken up after the next
/// start.
/// </summary>
internal sealed partial class TurnDraining(
    TurnDrain drain,
    IHostApplicationLifetime lifetime,
    ILogger<TurnDraining> logger) : IHostedService
{
    private static readonly TimeSpan ForEnds = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ForCheckpoints = TimeSpan.FromSeconds(5);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(drain.BeginLeaving);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!await drain.WaitForTurns(ForEnds, ForCheckpoints))
        {
            Log.StillAtWork(logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Some turns are still at work; they are taken up after the next start")]
        public static partial void StillAtWork(ILogger logger);
    }
}
