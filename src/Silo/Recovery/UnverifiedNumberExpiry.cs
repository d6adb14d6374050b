using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Recovery;

/// <summary>Has numbers forgotten that nobody has verified within a day.</summary>
internal sealed class UnverifiedNumberExpiry(
    IGrainFactory grains, IUnverifiedNumberStore numbers, TimeProvider time, ILogger<UnverifiedNumberExpiry> logger)
    : PeriodicRecovery(time, logger)
{
    private const int PageSize = 500;

    private string _after = "";

    protected override Task RunPass(CancellationToken cancellationToken) =>
        RunStep(() => ExpirePage(cancellationToken), cancellationToken);

    /// <summary>One page, and the next one at the next pass: those that cannot be erased must not keep others waiting.</summary>
    internal async Task ExpirePage(CancellationToken cancellationToken)
    {
        var expired = await numbers.ListExpired(Time.GetUtcNow(), _after, PageSize);
        _after = expired.Length < PageSize ? "" : expired[^1];
        await RunStepForEach(expired, key => grains.Phone(PhoneKey.Parse(key)).Expire(), cancellationToken);
    }
}
