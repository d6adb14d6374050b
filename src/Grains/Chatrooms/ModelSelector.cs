namespace GeminiChat.Grains.Chatrooms;

/// <summary>Chooses the model that answers a turn.</summary>
internal sealed partial class ModelSelector(IUserGrain user, ChatroomServices services)
{
    /// <summary>The model's name; null for the default model.</summary>
    public async ValueTask<string?> Select(Turn turn) => services.Options.ProModel is { } pro
        && (turn.Tier ?? await GetTier()) is Tier.Pro
            ? pro
            : null;

    private async Task<Tier> GetTier()
    {
        try
        {
            return (await user.GetUsage())?.Tier ?? Tier.Basic;
        }
        catch (Exception outage)
        {
            // The default model can answer too, and that is better than no reply.
            Log.TierUnknown(services.Logger, outage);
            return Tier.Basic;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A user's tier could not be read; the default model answers")]
        public static partial void TierUnknown(ILogger logger, Exception exception);
    }
}
