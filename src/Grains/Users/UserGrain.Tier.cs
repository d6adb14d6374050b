using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Grains.Users;

/// <summary>The part about the tier and the day's allowance.</summary>
internal sealed partial class UserGrain
{
    private Allowance _allowance = null!;

    public async Task SetTier(TierGrant grant)
    {
        LeaveIfAbsent();
        await _allowance.SetTier(grant);
    }

    public async Task<DailyUsage?> GetUsage()
    {
        LeaveIfAbsent();
        return _profile is null ? null : await _allowance.Usage();
    }

    /// <summary>The same instance until something changes.</summary>
    private UserProfile? ProfileNow() => _profile is null || _profile.Tier == _allowance.Tier
        ? _profile
        : _profile = _profile with { Tier = _allowance.Tier };
}
