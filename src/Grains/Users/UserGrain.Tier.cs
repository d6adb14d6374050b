using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Grains.Users;

/// <summary>The part about the tier and the day's usage.</summary>
internal sealed partial class UserGrain
{
    private TierGrant _grant = new(Tier.Basic, ValidUntil: null, Version: 0);

    public async Task SetTier(TierGrant grant)
    {
        DeactivateIfAbsent();
        if (grant.Version > _grant.Version)
        {
            // A grant that is not stored now has been before, by a write whose outcome was not known, or a newer one has.
            var isStored = await store.SetTier(this.GetPrimaryKey(), grant);
            Take(isStored ? grant : (await LoadAllowance(time.GetUtcNow())).Grant);
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
        var stored = await LoadAllowance(now);
        Take(stored.Grant);
        return stored.IsDeleted ? null : stored.UsageAt(now, quota.Value);
    }

    /// <summary>Stores the profile. A new user starts with what the number's former users have used of the day.</summary>
    private async Task<bool> Save(UserProfile profile)
    {
        if (_profile is not null)
        {
            return await store.Save(profile);
        }

        var secret = await GrainFactory.NumberSecret().Get();
        return await store.Create(profile, PhoneKey.Of(secret.AsSpan(), profile.MobileNumber));
    }

    private Task<StoredQuota> LoadAllowance(DateTimeOffset now) =>
        store.LoadQuota(this.GetPrimaryKey(), DateOnly.FromDateTime(now.UtcDateTime));

    private void Take(TierGrant grant) => _grant = grant.Version > _grant.Version ? grant : _grant;

    /// <summary>The same instance until something changes. Another tier is told to the user's devices.</summary>
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
