namespace GeminiChat.Grains.Users;

/// <summary>Expiry: a number that was never verified is erased a day after the last contact.</summary>
internal sealed partial class PhoneGrain
{
    /// <summary>Not shorter than the longest window in which anything is counted for a number.</summary>
    private static readonly TimeSpan UnverifiedLifetime = TimeSpan.FromDays(1);

    private bool _isExpiryScheduled;

    public Task<bool> HasAccount() => Task.FromResult(phone.State.IsVerified);

    public async Task Expire()
    {
        if (!phone.RecordExists || phone.State.IsVerified)
        {
            await CancelExpiry();
            return;
        }

        var expiresAt = (phone.State.LastContactAt ?? DateTimeOffset.MinValue) + UnverifiedLifetime;
        if (time.GetUtcNow() < expiresAt)
        {
            await unverifiedNumbers.ScheduleExpiry(Key, expiresAt);
            return;
        }

        // Users who were migrated from another service have an account before they verify their number here.
        if (await GrainFactory.User(phone.State.UserId).GetProfile() is null)
        {
            DeactivateOnIdle();
            await phone.ClearStateAsync();
        }

        await CancelExpiry();
    }

    /// <summary>
    /// Before an activation stores anything, it lists the number for a check one day later. Verified numbers are listed
    /// too. Otherwise the response time would show whether a number has an account.
    /// </summary>
    private async Task<PhoneState> RecordContact(PhoneState next)
    {
        var now = time.GetUtcNow();
        if (!_isExpiryScheduled)
        {
            await unverifiedNumbers.ScheduleExpiry(Key, now + UnverifiedLifetime);
            _isExpiryScheduled = true;
        }

        return next.IsVerified ? next : next with { LastContactAt = now };
    }

    private async Task CancelExpiry()
    {
        await unverifiedNumbers.Remove(Key);
        _isExpiryScheduled = false;
    }
}
