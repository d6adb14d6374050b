using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Maintenance;

/// <summary>Expires numbers that were not verified within a day.</summary>
internal sealed class UnverifiedNumberExpiry(
    IGrainFactory grains, IUnverifiedNumberStore numbers, TimeProvider time, ILogger<UnverifiedNumberExpiry> logger)
    : MaintenanceService(time, logger)
{
    private const int PageSize = 500;

    private string _after = "";

    protected override Task RunPass(CancellationToken cancellationToken) =>
        RunStep(() => ExpirePage(cancellationToken), cancellationToken);

    // One page, and the next page at the next pass, so that numbers that cannot be erased do not delay others.
    internal async Task ExpirePage(CancellationToken cancellationToken)
    {
        var expired = await numbers.ListExpired(Time.GetUtcNow(), _after, PageSize);
        _after = expired.Length < PageSize ? "" : expired[^1];
        await RunStepForEach(expired, key => grains.Phone(PhoneKey.Parse(key)).Expire(), cancellationToken);
    }
}
