using System.Collections.Immutable;
using GeminiChat.GrainInterfaces.Users;

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
    public VerifiedUser? NeedsUser { get; init; }

    [Id(3)]
    public PendingSignUp? SignUp { get; init; }

    /// <summary>The code for signing in; null when there is none or it has been used.</summary>
    [Id(4)]
    public StoredCode? Code { get; init; }

    /// <summary>The number, E.164: the key is only its hash. Null before the first code.</summary>
    [Id(5)]
    public string? Number { get; init; }

    /// <summary>The code for a reset; null when there is none or it has been used.</summary>
    [Id(6)]
    public StoredCode? ResetCode { get; init; }

    /// <summary>When codes were made, as far as <see cref="PhoneLimits.Codes"/> needs it.</summary>
    [Id(7)]
    public ImmutableArray<DateTimeOffset> CodesMade { get; init; } = [];

    /// <summary>When codes for a reset were made, as far as <see cref="PhoneLimits.ResetCodes"/> needs it.</summary>
    [Id(8)]
    public ImmutableArray<DateTimeOffset> ResetCodesMade { get; init; } = [];

    /// <summary>When codes were found wrong, as far as <see cref="PhoneLimits.WrongCodes"/> needs it.</summary>
    [Id(9)]
    public ImmutableArray<DateTimeOffset> WrongCodes { get; init; } = [];

    /// <summary>When passwords were found wrong, as far as <see cref="PhoneLimits.WrongPasswords"/> needs it.</summary>
    [Id(10)]
    public ImmutableArray<DateTimeOffset> WrongPasswords { get; init; } = [];

    /// <summary>
    /// The new password's hash, which the user's grain has still to be told: set in the same write that uses the code up.
    /// </summary>
    [Id(11)]
    public string? PendingReset { get; init; }

    /// <summary>When a number that nobody has verified was last asked about; null before that is counted.</summary>
    [Id(20)]
    public DateTimeOffset? TouchedAt { get; init; }

    /// <summary>The number without its user, and nothing of theirs left but what limits its use.</summary>
    public PhoneState Freed() => new()
    {
        CodesMade = CodesMade,
        ResetCodesMade = ResetCodesMade,
        WrongCodes = WrongCodes,
        WrongPasswords = WrongPasswords,
    };

    public StoredCode? CodeFor(CodePurpose purpose) => purpose is CodePurpose.Reset ? ResetCode : Code;

    public PhoneState WithCode(CodePurpose purpose, StoredCode? code) =>
        purpose is CodePurpose.Reset ? this with { ResetCode = code } : this with { Code = code };
}

/// <summary>A sign-up that waits for the number's verification.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.PendingSignUp")]
internal sealed record PendingSignUp(
    [property: Id(0)] string Name,
    [property: Id(1)] string PasswordHash,
    [property: Id(2)] DateTimeOffset At)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(PendingSignUp);
}

/// <summary>A one-time code that can still be used.</summary>
/// <param name="Hash">A keyed hash; the code itself is nowhere.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="Checks">How often it has been checked.</param>
[GenerateSerializer, Immutable, Alias("geminichat.StoredCode")]
internal sealed record StoredCode(
    [property: Id(0)] ImmutableArray<byte> Hash,
    [property: Id(1)] DateTimeOffset MadeAt,
    [property: Id(2)] int Checks)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(StoredCode);
}
