using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
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
        ProfileNow();
    }

    public async Task<DailyUsage?> GetUsage()
    {
        LeaveIfAbsent();
        return _profile is null ? null : await _allowance.Usage();
    }

    public async Task<Admission?> Admit(Guid roomId, int count)
    {
        LeaveIfAbsent();
        return _profile is null ? null : await _allowance.Admit(roomId, count);
    }

    /// <summary>Stores the profile. A new user starts with what the number's former users have used of the day.</summary>
    private async Task<bool> Save(UserProfile profile)
    {
        if (_profile is not null)
        {
            return await store.Save(profile);
        }

        var secret = await GrainFactory.NumberSecret().Get();
        var isStored = await store.Create(profile, PhoneKey.Of(secret.AsSpan(), profile.MobileNumber));
        _allowance.Recount();
        return isStored;
    }

    public Task TurnsStored(RoomSummary room)
    {
        _allowance.Stored(room.Id);
        return RoomChanged(room);
    }

    public Task Withdraw(Guid roomId)
    {
        _allowance.Withdraw(roomId);
        return Task.CompletedTask;
    }

    public Task Recount()
    {
        _allowance.Recount();
        return Task.CompletedTask;
    }

    /// <summary>The same instance until something changes. Another tier is told to the user's devices.</summary>
    private UserProfile? ProfileNow()
    {
        if (_profile is not null && _profile.Tier != _allowance.Tier)
        {
            _profile = _profile with { Tier = _allowance.Tier };
            Notify(new Notice.TierChanged(_profile.Tier));
        }

        return _profile;
    }
}
