namespace GeminiChat.GrainInterfaces.Users;

/// <summary>A session to start.</summary>
/// <param name="Id">Created by the caller.</param>
/// <param name="TokenHash">The SHA-256 of its first refresh token.</param>
/// <param name="Version">
/// The <see cref="Credentials.Version"/> under which a password was found right. If the version has changed since, the
/// password may have changed too. Null when the user was authenticated in another way.
/// </param>
/// <param name="UserAgent">What the program that signed in says it is, at most 200 UTF-16 code units; null if it is not known.</param>
[GenerateSerializer, Immutable, Alias("geminichat.NewSession")]
public sealed record NewSession(
    [property: Id(0)] Guid Id,
    [property: Id(1)] ImmutableArray<byte> TokenHash,
    [property: Id(2)] int? Version,
    [property: Id(3)] string? UserAgent = null)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(NewSession);
}

/// <summary>An active session, with the claims of its next access token.</summary>
/// <param name="SessionId">The claim <c>sid</c>.</param>
/// <param name="Version">The claim <c>ver</c>.</param>
[GenerateSerializer, Immutable, Alias("geminichat.SessionGrant")]
public sealed record SessionGrant([property: Id(0)] Guid SessionId, [property: Id(1)] int Version);

/// <summary>The data for a password check.</summary>
/// <param name="PasswordHash">
/// The hash that ASP.NET Core's <c>PasswordHasher</c> writes; null when the user has no password.
/// </param>
/// <param name="Version">
/// Counts the events that ended sessions: a change or reset of the password, or a logout everywhere.
/// </param>
/// <param name="MobileNumber">E.164; null for a user who signs in elsewhere, and has no password.</param>
[GenerateSerializer, Immutable, Alias("geminichat.Credentials")]
public sealed record Credentials(
    [property: Id(0)] string? PasswordHash,
    [property: Id(1)] int Version,
    [property: Id(2)] string? MobileNumber)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(Credentials);
}

/// <summary>A user's sessions.</summary>
/// <param name="Sessions">The most recently used one first.</param>
[GenerateSerializer, Immutable, Alias("geminichat.SessionList")]
public sealed record SessionList([property: Id(0)] ImmutableArray<SessionSummary> Sessions);

/// <summary>A session as its user sees it.</summary>
/// <param name="Id">The claim <c>sid</c> of its access tokens.</param>
/// <param name="StartedAt">When the user signed in.</param>
/// <param name="LastUsedAt">
/// When its refresh token was last exchanged. Before the first exchange, when the session started.
/// </param>
/// <param name="UserAgent">See <see cref="NewSession"/>.</param>
[GenerateSerializer, Immutable, Alias("geminichat.SessionSummary")]
public sealed record SessionSummary(
    [property: Id(0)] Guid Id,
    [property: Id(1)] DateTimeOffset StartedAt,
    [property: Id(2)] DateTimeOffset LastUsedAt,
    [property: Id(3)] string? UserAgent = null)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(SessionSummary);
}
