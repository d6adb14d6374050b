namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// A device that was signed in before. It presented a refresh token of an earlier session, which may be current, used or
/// ended. The caller has verified the token. For another user's number the device counts as unknown.
/// </summary>
/// <param name="UserId">The user to whom the token was issued.</param>
/// <param name="SessionId">The session of the token. The device is counted by this id.</param>
[GenerateSerializer, Immutable, Alias("geminichat.KnownDevice")]
public sealed record KnownDevice([property: Id(0)] Guid UserId, [property: Id(1)] Guid SessionId)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(KnownDevice);
}

/// <summary>The device that requests a code, and the number's limit of codes.</summary>
/// <param name="Device">Null for an unknown device.</param>
/// <param name="CodesPerDay">
/// The maximum number of codes for the number in any 24 hours, not counting those of known devices; 0 for no limit. The
/// value is a setting of the gateways.
/// </param>
[GenerateSerializer, Immutable, Alias("geminichat.CodeRequest")]
public sealed record CodeRequest([property: Id(0)] KnownDevice? Device, [property: Id(1)] int CodesPerDay)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(CodeRequest);
}

/// <summary>The code that a guess refers to.</summary>
/// <param name="RequestId">
/// See <see cref="IssueCodeOutcome.Issued"/>; null for the newest code that an unknown device requested.
/// </param>
/// <param name="CodesPerDay">As in <see cref="CodeRequest"/>.</param>
[GenerateSerializer, Immutable, Alias("geminichat.CodeGuess")]
public sealed record CodeGuess([property: Id(0)] Guid? RequestId, [property: Id(1)] int CodesPerDay)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(CodeGuess);
}
