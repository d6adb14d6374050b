namespace GeminiChat.GrainInterfaces.Users;

/// <summary>The outcome of a sign-up.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.SignUpOutcome")]
public abstract record SignUpOutcome
{
    private SignUpOutcome() { }

    /// <summary>The sign-up waits for the verification of the number.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.SignUpOutcome.Pending")]
    public sealed record Pending([property: Id(0)] Guid UserId) : SignUpOutcome;

    /// <summary>The number is already verified: it has a user.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.SignUpOutcome.NumberTaken")]
    public sealed record NumberTaken : SignUpOutcome;
}

/// <summary>The outcome of a request for a code.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.CodeOutcome")]
public abstract record IssueCodeOutcome
{
    private IssueCodeOutcome() { }

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>A new code was made. The caller delivers it and must not keep it; only a keyed hash is stored.</summary>
    /// <param name="Code">The code.</param>
    /// <param name="IsDecoy">
    /// Whether the code is useless, because the number has no user whose password could be reset. It must not be
    /// delivered, and the client must not be able to detect this.
    /// </param>
    /// <param name="HasAccount">Whether the number has been verified: it has a user.</param>
    /// <param name="RequestId">
    /// A random id for the requester alone. A guess that names it counts against this code only. Empty from a silo of the
    /// previous version.
    /// </param>
    [GenerateSerializer, Immutable, Alias("geminichat.CodeOutcome.Made")]
    public sealed record Issued(
        [property: Id(0)] OneTimeCode Code,
        [property: Id(1)] bool IsDecoy,
        [property: Id(2)] bool HasAccount = false,
        [property: Id(3)] Guid RequestId = default) : IssueCodeOutcome;

    /// <summary>A limit of codes is reached. The last code stays valid.</summary>
    /// <param name="RetryAfter">How long to wait; above zero.</param>
    /// <param name="PerDay">The limit of 24 hours that was reached; null when a limit of minutes was reached.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.CodeOutcome.TooSoon")]
    public sealed record RateLimited(
        [property: Id(0)] TimeSpan RetryAfter,
        [property: Id(1)] int? PerDay = null) : IssueCodeOutcome;
}

/// <summary>The outcome of a check of a code.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.CheckOutcome")]
public abstract record CodeCheckOutcome
{
    private CodeCheckOutcome() { }

    /// <summary>The code was right.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckOutcome.Right")]
    public sealed record Valid([property: Id(0)] Guid UserId) : CodeCheckOutcome;

    /// <summary>The code is wrong, used, expired, for another purpose, or was never made.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckOutcome.Wrong")]
    public sealed record Invalid : CodeCheckOutcome;

    /// <summary>Returned only by silos of the previous version, for a day after 20 wrong codes.</summary>
    /// <param name="RetryAfter">How long to wait; above zero.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckOutcome.TooMany")]
    public sealed record RateLimited([property: Id(0)] TimeSpan RetryAfter) : CodeCheckOutcome;
}

/// <summary>Whether a password may be checked, or whether the result of the check may be returned.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.LoginOutcome")]
public abstract record LoginOutcome
{
    private LoginOutcome() { }

    /// <summary>It is allowed.</summary>
    /// <param name="UserId">The user of the number; null when the number was never verified.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.LoginOutcome.Open")]
    public sealed record Allowed([property: Id(0)] Guid? UserId) : LoginOutcome;

    /// <summary>There were too many wrong passwords.</summary>
    /// <param name="RetryAfter">How long to wait; above zero.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.LoginOutcome.TooMany")]
    public sealed record RateLimited([property: Id(0)] TimeSpan RetryAfter) : LoginOutcome;
}
