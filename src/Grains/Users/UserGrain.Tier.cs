using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Grains.Users;

/// <summary>Tier and daily usage of the user.</summary>
internal sealed partial class UserGrain
{
    private TierGrant _grant = new(Tier.Basic, ValidUntil: null, Version: 0);

    public async Task SetTier(TierGrant grant)
    {
        DeactivateIfAbsent();
        if (grant.Version > _grant.Version)
        {
            // If the grant is not stored now, it was stored before by a write with an unknown outcome, or a newer one is
            // stored.
            var isStored = await store.SetTier(this.GetPrimaryKey(), grant);
            ApplyGrant(isStored ? grant : (await LoadQuota(time.GetUtcNow())).Grant);
        }

        RefreshProfile();
    }

    public async Task<DailyUsage?> GetUsage()
    {
        DeactivateIfAbsent();
        if (_profile is null)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var stored = await LoadQuota(now);
        ApplyGrant(stored.Grant);
        return stored.IsDeleted ? null : stored.UsageAt(now, tiers.Value);
    }

    /// <summary>
    /// Stores the profile. A new user starts with the day's usage of the former users of the number or identity.
    /// </summary>
    private async Task<bool> Save(UserProfile profile)
    {
        if (_profile is not null)
        {
            return await store.Save(profile);
        }

        if (profile.IdentityKey is { } identity)
        {
            return await store.Create(profile, identity);
        }

        var secret = await GrainFactory.NumberSecret().Get();
        return await store.Create(profile, PhoneKey.Of(secret.AsSpan(), profile.MobileNumber!).ToString());
    }

    private Task<StoredQuota> LoadQuota(DateTimeOffset now) =>
        store.LoadQuota(this.GetPrimaryKey(), DateOnly.FromDateTime(now.UtcDateTime));

    private void ApplyGrant(TierGrant grant) => _grant = grant.Version > _grant.Version ? grant : _grant;

    /// <summary>
    /// Returns the same instance until something changes. The user's devices are notified of a change of the tier.
    /// </summary>
    private UserProfile? RefreshProfile()
    {
        var tier = _grant.TierAt(time.GetUtcNow());
        if (_profile is not null && _profile.Tier != tier)
        {
            _profile = _profile with { Tier = tier };
            Notify(new Notice.TierChanged(tier));
        }

        return _profile;
    }
}
