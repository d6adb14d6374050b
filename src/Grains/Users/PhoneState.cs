namespace GeminiChat.Grains.Users;

/// <summary>A mobile number, as stored.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.PhoneState")]
internal sealed record PhoneState
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(PhoneState);

    /// <summary>The user of the number, minted at first contact; empty before.</summary>
    [Id(0)]
    public Guid UserId { get; init; }

    /// <summary>Whether somebody has proved to hold the number.</summary>
    [Id(1)]
    public bool IsVerified { get; init; }

    /// <summary>
    /// What the user's grain has still to be told: set in the same write that verifies, cleared when it has answered.
    /// </summary>
    [Id(2)]
    public VerifiedUser? PendingUserCreation { get; init; }

    [Id(3)]
    public PendingSignUp? SignUp { get; init; }

    /// <summary>The newest code for signing in that an unknown device asked for: what the version before reads.</summary>
    [Id(4)]
    public StoredCode? LegacySignInCode { get; init; }

    /// <summary>The number, E.164: the key is only its hash. Null before the first code.</summary>
    [Id(5)]
    public string? Number { get; init; }

    /// <summary>The newest code for a reset that an unknown device asked for: what the version before reads.</summary>
    [Id(6)]
    public StoredCode? LegacyResetCode { get; init; }

    /// <summary>When codes for unknown devices were made, as far as <see cref="PhoneLimits"/> needs it.</summary>
    [Id(7)]
    public ImmutableArray<DateTimeOffset> CodesIssuedAt { get; init; } = [];

    /// <summary>When codes for a reset were made among them.</summary>
    [Id(8)]
    public ImmutableArray<DateTimeOffset> ResetCodesIssuedAt { get; init; } = [];

    /// <summary>When passwords were found wrong by unknown devices, as far as <see cref="PhoneLimits.WrongPasswords"/> needs it.</summary>
    [Id(10)]
    public ImmutableArray<DateTimeOffset> WrongPasswords { get; init; } = [];

    /// <summary>
    /// The new password's hash, which the user's grain has still to be told: set in the same write that uses the code up.
    /// </summary>
    [Id(11)]
    public string? PendingPasswordReset { get; init; }

    /// <summary>
    /// All codes, the newest last; see <see cref="PhoneCodes.AllCodes"/>. Id 9 was the day's wrong codes, and stays free.
    /// </summary>
    [Id(12)]
    public ImmutableArray<StoredCode> Codes { get; init; } = [];

    /// <summary>The known devices that have asked for codes or given wrong passwords, the last one last.</summary>
    [Id(13)]
    public ImmutableArray<DeviceActivity> Devices { get; init; } = [];

    /// <summary>When a number that nobody has verified was last asked about; null before that is counted.</summary>
    [Id(14)]
    public DateTimeOffset? LastContactAt { get; init; }

    /// <summary>The number without its user, and nothing of theirs left but what limits its use.</summary>
    public PhoneState Released() => new()
    {
        CodesIssuedAt = CodesIssuedAt,
        ResetCodesIssuedAt = ResetCodesIssuedAt,
        WrongPasswords = WrongPasswords,
    };
}

/// <summary>A sign-up that waits for the number's verification.</summary>
/// <param name="Name">1 to 200 code units.</param>
/// <param name="PasswordHash">Null. The version before kept a hash here; whoever signed up need not hold the number.</param>
/// <param name="CreatedAt">When it was made.</param>
[GenerateSerializer, Immutable, Alias("geminichat.PendingSignUp")]
internal sealed record PendingSignUp(
    [property: Id(0)] string Name,
    [property: Id(1)] string? PasswordHash,
    [property: Id(2)] DateTimeOffset CreatedAt)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(PendingSignUp);
}

/// <summary>A one-time code that can still be used.</summary>
/// <param name="Hash">A keyed hash; the code itself is nowhere.</param>
/// <param name="IssuedAt">When it was made.</param>
/// <param name="UnnamedGuesses">How often it was guessed wrong by who did not name its request.</param>
/// <param name="RequestId">The request that it belongs to; empty when the version before made it.</param>
/// <param name="Purpose">What it is good for.</param>
/// <param name="DeviceSessionId">The session of the known device that asked for it; null for any other.</param>
/// <param name="NamedGuesses">How often it was guessed wrong by who named its request.</param>
[GenerateSerializer, Immutable, Alias("geminichat.StoredCode")]
internal sealed record StoredCode(
    [property: Id(0)] ImmutableArray<byte> Hash,
    [property: Id(1)] DateTimeOffset IssuedAt,
    [property: Id(2)] int UnnamedGuesses = 0,
    [property: Id(3)] Guid RequestId = default,
    [property: Id(4)] CodePurpose Purpose = CodePurpose.SignIn,
    [property: Id(5)] Guid? DeviceSessionId = null,
    [property: Id(6)] int NamedGuesses = 0)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(StoredCode);

    public bool IsValidAt(DateTimeOffset now) => now < IssuedAt + OneTimeCodes.Lifetime;
}

/// <summary>How often a known device has asked for codes and given wrong passwords.</summary>
/// <param name="SessionId">The session by which it is known.</param>
/// <param name="CodesIssuedAt">As far as <see cref="PhoneLimits.DeviceCodes"/> needs it.</param>
/// <param name="WrongPasswords">As far as <see cref="PhoneLimits.WrongPasswords"/> needs it.</param>
[GenerateSerializer, Immutable, Alias("geminichat.DeviceUse")]
internal sealed record DeviceActivity(
    [property: Id(0)] Guid SessionId,
    [property: Id(1)] ImmutableArray<DateTimeOffset> CodesIssuedAt,
    [property: Id(2)] ImmutableArray<DateTimeOffset> WrongPasswords);
