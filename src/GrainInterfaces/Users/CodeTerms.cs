namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// A device that has been signed in before: it showed a refresh token of an earlier session, good, spent or ended. The
/// caller has verified the token. For the number of another user it means nothing.
/// </summary>
/// <param name="UserId">The user whom the token was issued to.</param>
/// <param name="SessionId">The session that it belongs to: what a device is counted by.</param>
[GenerateSerializer, Immutable, Alias("geminichat.KnownDevice")]
public sealed record KnownDevice([property: Id(0)] Guid UserId, [property: Id(1)] Guid SessionId)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(KnownDevice);
}

/// <summary>Who asks for a code, and how many the number may have.</summary>
/// <param name="Device">Null for a device that is not known.</param>
/// <param name="CodesPerDay">
/// The most codes of the number in any 24 hours, those of known devices apart; 0 for no limit. A setting of the gateways.
/// </param>
[GenerateSerializer, Immutable, Alias("geminichat.CodeRequest")]
public sealed record CodeRequest([property: Id(0)] KnownDevice? Device, [property: Id(1)] int CodesPerDay)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(CodeRequest);
}

/// <summary>Which code a guess is about.</summary>
/// <param name="RequestId">See <see cref="IssueCodeOutcome.Issued"/>; null for the newest code that an unknown device asked for.</param>
/// <param name="CodesPerDay">As in <see cref="CodeRequest"/>.</param>
[GenerateSerializer, Immutable, Alias("geminichat.CodeGuess")]
public sealed record CodeGuess([property: Id(0)] Guid? RequestId, [property: Id(1)] int CodesPerDay)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(CodeGuess);
}
