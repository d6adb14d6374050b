namespace GeminiChat.Grains.Users;

/// <summary>A mobile number, as stored.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.PhoneState")]
internal sealed record PhoneState
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(PhoneState);

    /// <summary>The user of the number, created at the first contact; empty before.</summary>
    [Id(0)]
    public Guid UserId { get; init; }

    /// <summary>Whether somebody has proved that they hold the number.</summary>
    [Id(1)]
    public bool IsVerified { get; init; }

    /// <summary>
    /// What the user's grain must still be notified of. Set in the write that verifies the number, cleared when the grain
    /// has answered.
    /// </summary>
    [Id(2)]
    public VerifiedUser? PendingUserCreation { get; init; }

    [Id(3)]
    public PendingSignUp? SignUp { get; init; }

    /// <summary>The newest sign-in code that an unknown device requested. The previous version reads it.</summary>
    [Id(4)]
    public StoredCode? LegacySignInCode { get; init; }

    /// <summary>The number in E.164 form, because the key is only its hash. Null before the first code.</summary>
    [Id(5)]
    public string? Number { get; init; }

    /// <summary>The newest reset code that an unknown device requested. The previous version reads it.</summary>
    [Id(6)]
    public StoredCode? LegacyResetCode { get; init; }

    /// <summary>When codes for unknown devices were made, as many as <see cref="PhoneLimits"/> needs.</summary>
    [Id(7)]
    public ImmutableArray<DateTimeOffset> CodesIssuedAt { get; init; } = [];

    /// <summary>When the reset codes among them were made.</summary>
    [Id(8)]
    public ImmutableArray<DateTimeOffset> ResetCodesIssuedAt { get; init; } = [];

    /// <summary>When unknown devices gave wrong passwords, as many as <see cref="PhoneLimits.WrongPasswords"/> needs.</summary>
    [Id(10)]
    public ImmutableArray<DateTimeOffset> WrongPasswords { get; init; } = [];

    /// <summary>
    /// The hash of a new password that the user's grain must still be notified of. Set in the write that uses up the
    /// code.
    /// </summary>
    [Id(11)]
    public string? PendingPasswordReset { get; init; }

    /// <summary>
    /// All codes, newest last; see <see cref="PhoneCodes.AllCodes"/>. Id 9 held the day's wrong codes and must not be
    /// used again.
    /// </summary>
    [Id(12)]
    public ImmutableArray<StoredCode> Codes { get; init; } = [];

    /// <summary>
    /// The known devices that have requested codes or given wrong passwords. The one that was used last is at the end.
    /// </summary>
    [Id(13)]
    public ImmutableArray<DeviceActivity> Devices { get; init; } = [];

    /// <summary>The last contact of a number that was never verified; null before the first contact was recorded.</summary>
    [Id(14)]
    public DateTimeOffset? LastContactAt { get; init; }

    /// <summary>The number without its user. Of the user's data, only what limits abuse is kept.</summary>
    public PhoneState Released() => new()
    {
        CodesIssuedAt = CodesIssuedAt,
        ResetCodesIssuedAt = ResetCodesIssuedAt,
        WrongPasswords = WrongPasswords,
    };
}

/// <summary>A sign-up that waits for the verification of its number.</summary>
/// <param name="Name">1 to 200 code units.</param>
/// <param name="PasswordHash">
/// Always null. The previous version stored a hash here, but the person who signed up may not hold the number.
/// </param>
/// <param name="CreatedAt">When the sign-up was made.</param>
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
/// <param name="Hash">A keyed hash. The code itself is not stored.</param>
/// <param name="IssuedAt">When the code was made.</param>
/// <param name="UnnamedGuesses">The number of wrong guesses that did not name the code's request.</param>
/// <param name="RequestId">The request that the code belongs to; empty when the previous version made the code.</param>
/// <param name="Purpose">The purpose of the code.</param>
/// <param name="DeviceSessionId">The session of the known device that requested the code; null for any other device.</param>
/// <param name="NamedGuesses">The number of wrong guesses that named the code's request.</param>
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

/// <summary>The codes and wrong passwords of a known device.</summary>
/// <param name="SessionId">The session that identifies the device.</param>
/// <param name="CodesIssuedAt">When codes were made, as many as <see cref="PhoneLimits.DeviceCodes"/> needs.</param>
/// <param name="WrongPasswords">When passwords were wrong, as many as <see cref="PhoneLimits.WrongPasswords"/> needs.</param>
[GenerateSerializer, Immutable, Alias("geminichat.DeviceUse")]
internal sealed record DeviceActivity(
    [property: Id(0)] Guid SessionId,
    [property: Id(1)] ImmutableArray<DateTimeOffset> CodesIssuedAt,
    [property: Id(2)] ImmutableArray<DateTimeOffset> WrongPasswords);
