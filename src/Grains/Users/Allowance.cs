using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Grains.Users;

/// <summary>
/// A user's tier, and what of today's replies is used: in memory, after the rows that are the truth. Not thread-safe: it
/// belongs to one activation, and its methods may interleave.
/// </summary>
internal sealed class Allowance(Guid userId, IUserStore store, QuotaOptions options, TimeProvider time)
{
    private TierGrant _grant = new(Tier.Basic, ValidUntil: null, Version: 0);
    private DateOnly _day;
    private int _used;
    private bool _isStale;
    private Task? _reading;

    /// <summary>The tier in force.</summary>
    public Tier Tier => _grant.ValidUntil <= time.GetUtcNow() ? Tier.Basic : _grant.Tier;

    private int Limit => Tier is Tier.Pro ? options.ProDailyMessages : options.BasicDailyMessages;

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    /// <summary>Today's use.</summary>
    public async ValueTask<DailyUsage> Usage()
    {
        await BeCurrent();
        return new DailyUsage(Tier, Limit, _used, ResetsAt: new(_day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero));
    }

    /// <summary>Takes a tier unless a newer one has arrived; durable when it completes.</summary>
    public async Task SetTier(TierGrant grant)
    {
        if (grant.Version <= _grant.Version)
        {
            return;
        }

        if (await store.SetTier(userId, grant))
        {
            Take(grant);
        }
        else
        {
            // Stored before, by a write whose outcome was not known; or a newer one has been.
            _isStale = true;
            await BeCurrent();
        }
    }

    /// <summary>Reads the rows when what is known of them is out of date.</summary>
    public async ValueTask BeCurrent()
    {
        while (_isStale || _day != Today)
        {
            var reading = _reading ??= Read();
            try
            {
                await reading;
            }
            finally
            {
                _reading = _reading == reading ? null : _reading;
            }
        }
    }

    private async Task Read()
    {
        // First: what becomes out of date meanwhile is read once more.
        _isStale = false;
        var day = Today;
        try
        {
            var stored = await store.LoadAllowance(userId, day);
            Take(stored.Grant);
            (_day, _used) = (day, stored.Used);
        }
        catch
        {
            _isStale = true;
            throw;
        }
    }

    private void Take(TierGrant grant) => _grant = grant.Version > _grant.Version ? grant : _grant;
}
