namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// A person as another party knows them: the subject of an issuer of tokens, or of the team's own server. It owns which user they
/// are. Key: <see cref="IdentityKey"/>, a keyed hash of issuer and subject.
/// </summary>
/// <remarks>
/// Calls run one at a time. State is durable when a call returns. Each call is safe to repeat. A deleted user is forgotten; only the
/// moment of the deletion is kept, so that a token from before it makes no new user.
/// </remarks>
[Alias("geminichat.IIdentityGrain")]
public interface IIdentityGrain : IGrainWithStringKey
{
    /// <summary>Finds the user, who is created at the first request and exists when the call returns.</summary>
    /// <returns>Null when the sign-in is older than the deletion of the identity's last user.</returns>
    [Alias("FindOrCreateUser")]
    Task<Guid?> FindOrCreateUser(ExternalSignIn signIn);

    /// <summary>Forgets a deleted user. Does nothing when the identity belongs to another user.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="deletedAt">When the user was deleted.</param>
    [Alias("Release")]
    Task Release(Guid userId, DateTimeOffset deletedAt);
}

/// <summary>A sign-in that another party has checked.</summary>
/// <param name="IssuedAt">When the other party issued the token; null for now.</param>
/// <param name="Name">1 to 200 code units, for a new user; null for none.</param>
/// <param name="MobileNumber">E.164, for a new user, not verified; null for none.</param>
[GenerateSerializer, Immutable, Alias("geminichat.ExternalSignIn")]
public sealed record ExternalSignIn(
    [property: Id(0)] DateTimeOffset? IssuedAt,
    [property: Id(1)] string? Name,
    [property: Id(2)] string? MobileNumber = null)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(ExternalSignIn);
}
