namespace GeminiChat.Grains.Users;

/// <summary>Deletion of the user.</summary>
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

    public async Task<bool> Delete(Guid sessionId)
    {
        var security = GrainFactory.UserSecurity(this.GetPrimaryKey());
        if (_profile is not null)
        {
            if (!await Has(security, sessionId) && !await Has(await Security(), sessionId))
            {
                return false;
            }

            await this.DeactivateOnFailure(store.Delete(this.GetPrimaryKey(), time.GetUtcNowToMillisecond()));
            _profile = null;
            Buffer()?.Updated.NotifyAll();
        }

        _erasure.Start();
        await security.Close();
        return true;

        static async Task<bool> Has(IUserSecurityGrain security, Guid sessionId) =>
            (await security.ListSessions())?.Sessions.Any(session => session.Id == sessionId) is true;
    }

    public Task Wake()
    {
        if (_profile is null)
        {
            _erasure.Start();
        }

        return Task.CompletedTask;
    }

    /// <summary>Keeps the activation alive. Orleans does not count calls of other grains as use of the activation.</summary>
    internal void StayActive() => DelayDeactivation(DeactivationDelay);
}
