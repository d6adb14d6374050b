using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Grains.Users;

/// <summary>
/// A user's tier, and what of today's replies is used: in memory, after the rows that are the truth. Not thread-safe: it
/// belongs to one activation, and its methods may interleave.
/// </summary>
/// <remarks>
/// An error here costs a round trip and not a reply too many: the transaction that stores a reply checks the row.
/// </remarks>
internal sealed class Allowance(Guid userId, IUserStore store, QuotaOptions options, TimeProvider time)
{
    // Before a refusal the rows are asked, but not for every refusal.
    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(1);

    private readonly TurnsOnTheWay _onTheWay = new(time);
    private TierGrant _grant = new(Tier.Basic, ValidUntil: null, Version: 0);
    private DateOnly _day;
    private int _used;
    private int _refunded;
    private bool _isDeleted;
    private DateTimeOffset _readAt;
    private bool _isStale;
    private Task? _reading;

    /// <summary>The tier in force.</summary>
    public Tier Tier => _grant.ValidUntil <= time.GetUtcNow() ? Tier.Basic : _grant.Tier;

    private int Limit => Tier is Tier.Pro ? options.ProDailyMessages : options.BasicDailyMessages;

    private int Left => Now().Remaining() ?? int.MaxValue;

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    /// <summary>Today's use.</summary>
    public async ValueTask<DailyUsage> Usage()
    {
        await BeCurrent();
        return Now();
    }

    /// <summary>Admits as many as the day's limit allows; null when the user has been deleted.</summary>
    public async ValueTask<Admission?> Admit(Guid roomId, int count)
    {
        await BeCurrent();
        if (Left < count && time.GetUtcNow() - _readAt >= BetweenReads)
        {
            _isStale = true;
            await BeCurrent();
        }

        if (_isDeleted)
        {
            return null;
        }

        // No wait from here on: of any number of rooms that ask at once exactly as many pass as may.
        var granted = Math.Min(count, Left);
        if (granted > 0)
        {
            _used += granted;
            _onTheWay.Add(roomId, granted);
        }

        return new Admission(granted, _day, Now());
    }

    /// <summary>What was admitted for a room last is stored.</summary>
    public void Stored(Guid roomId) => _onTheWay.Arrived(roomId);

    /// <summary>What was admitted for a room last is not stored.</summary>
    public void Withdraw(Guid roomId) => _used -= _onTheWay.Remove(roomId);

    /// <summary>The rows may have changed unseen: they are read before the next use.</summary>
    public void Recount() => _isStale = true;

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
        var (day, arrived) = (Today, _onTheWay.HaveArrived);
        try
        {
            var stored = await store.LoadAllowance(userId, day);
            Take(stored.Grant);
            Take(day, stored.Used, _onTheWay.HaveArrived - arrived);
            _refunded = stored.Refunded;
            _isDeleted = stored.IsDeleted;
        }
        catch
        {
            _isStale = true;
            throw;
        }
    }

    private void Take(TierGrant grant) => _grant = grant.Version > _grant.Version ? grant : _grant;

    /// <summary>Takes a day's count as it was read.</summary>
    /// <param name="day">The day that was read.</param>
    /// <param name="used">The row.</param>
    /// <param name="arrived">Turns that were stored during the read, which may have missed them.</param>
    private void Take(DateOnly day, int used, int arrived)
    {
        _readAt = time.GetUtcNow();
        if (day != _day)
        {
            _onTheWay.Clear();
            (_day, _used) = (day, used);
            return;
        }

        // What is on its way may be in the row already, so the count in memory is lowered by this at most.
        _used = Math.Max(used, Math.Min(_used, used + arrived + _onTheWay.Count()));
    }

    private DailyUsage Now() => new(
        Tier, Limit, _used, new DateTimeOffset(_day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero), _used + _refunded);
}
