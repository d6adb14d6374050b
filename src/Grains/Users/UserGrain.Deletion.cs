namespace GeminiChat.Grains.Users;

internal sealed partial class UserGrain
{
    // Longer than any wait of the erasure between two tries.
    private static readonly TimeSpan DeactivationDelay = TimeSpan.FromMinutes(5);

    private UserErasure _erasure = null!;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // The deactivation does not wait for the erasure, because the erasure may be waiting for this user's next
        // activation.
        _erasure.Stop();
        return Task.CompletedTask;
    }

    public Task<bool> Delete(Guid sessionId)
    {
        return Delete(HasSession, time.GetUtcNowToMillisecond());

        async Task<bool> HasSession(IUserSecurityGrain security) =>
            (await security.ListSessions())?.Sessions.Any(session => session.Id == sessionId) is true;
    }

    // If the issuer's clock is ahead, this very token is from before the deletion all the same.
    public Task<bool> DeleteByExternalToken(DateTimeOffset issuedAt)
    {
        var now = time.GetUtcNowToMillisecond();
        return Delete(security => security.CheckExternalToken(issuedAt), issuedAt > now ? issuedAt : now);
    }

    /// <summary>Keeps the activation alive. Orleans does not count calls of other grains as use of the activation.</summary>
    internal void StayActive() => DelayDeactivation(DeactivationDelay);

    private async Task<bool> Delete(Func<IUserSecurityGrain, Task<bool>> isAccepted, DateTimeOffset at)
    {
        var security = GrainFactory.UserSecurity(this.GetPrimaryKey());
        if (_profile is not null)
        {
            if (!await isAccepted(security) && !await isAccepted(await Security()))
            {
                return false;
            }

            await this.DeactivateOnFailure(store.Delete(this.GetPrimaryKey(), at));
            _profile = null;
            Buffer()?.Updated.NotifyAll();
        }

        _erasure.Start();
        await security.Close();
        return true;
    }

    public Task Wake()
    {
        if (_profile is null)
        {
            _erasure.Start();
        }

        return Task.CompletedTask;
    }
}
