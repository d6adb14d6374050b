namespace GeminiChat.Grains.Users;

/// <inheritdoc cref="IIdentityGrain"/>
internal sealed class IdentityGrain(
    [PersistentState("identity")] IPersistentState<IdentityState> identity,
    IUserStore store,
    TimeProvider time) : Grain, IIdentityGrain
{
    public async Task<Guid?> FindOrCreateUser(ExternalSignIn signIn)
    {
        if (identity.State.UserId is { } known && !await EnsureCreated(known, signIn))
        {
            await Forget(known);
        }

        // Also if there is a new user already: the token was issued to the deleted one.
        if (signIn.IssuedAt <= identity.State.LastDeletionAt)
        {
            return null;
        }

        if (identity.State.UserId is { } existing)
        {
            return existing;
        }

        // The id is stored first, so that a retry after a crash in between continues with the same user.
        var userId = Guid.CreateVersion7(time.GetUtcNow());
        await this.WriteState(identity, identity.State with { UserId = userId });
        return await EnsureCreated(userId, signIn) ? userId : null;
    }

    public Task Release(Guid userId, DateTimeOffset deletedAt) => identity.State.UserId == userId
        ? this.WriteState(identity, new IdentityState { LastDeletionAt = deletedAt })
        : Task.CompletedTask;

    private string Key => this.GetPrimaryKeyString();

    private Task<bool> EnsureCreated(Guid userId, ExternalSignIn signIn) =>
        GrainFactory.User(userId).EnsureCreatedForIdentity(new IdentityUser(Key, signIn.Name, signIn.MobileNumber));

    /// <summary>Forgets a user who was deleted a moment ago and whose erasure has not come here yet.</summary>
    private async Task Forget(Guid userId)
    {
        // This must happen before the identity can get another user.
        await store.MoveToFormerUsage(userId, Key, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        await Release(userId, (await store.FindDeletedUser(userId))?.DeletedAt ?? time.GetUtcNow());
    }
}

/// <summary>An identity, as stored.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.IdentityState")]
internal sealed record IdentityState
{
    /// <summary>The user; null before the first request and after a deletion.</summary>
    [Id(0)]
    public Guid? UserId { get; init; }

    /// <summary>When the identity's last user was deleted; null when none was. Tokens from before are refused.</summary>
    [Id(1)]
    public DateTimeOffset? LastDeletionAt { get; init; }
}
