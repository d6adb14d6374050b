namespace GeminiChat.GrainInterfaces.Users;

/// <summary>What came of a sign-up.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.SignUpOutcome")]
public abstract record SignUpOutcome
{
    private SignUpOutcome() { }

    /// <summary>The sign-up waits for the number's verification.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.SignUpOutcome.Pending")]
    public sealed record Pending([property: Id(0)] Guid UserId) : SignUpOutcome;

    /// <summary>The number has been verified before: it has a user.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.SignUpOutcome.NumberTaken")]
    public sealed record NumberTaken : SignUpOutcome;
}

/// <summary>What came of asking for a code.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.CodeOutcome")]
public abstract record IssueCodeOutcome
{
    private IssueCodeOutcome() { }

    /// <summary>There is a new code, to be delivered and then forgotten: only a keyed hash of it is stored.</summary>
    /// <param name="Code">The code.</param>
    /// <param name="IsDecoy">
    /// Whether it serves nothing, because the number has no user to reset a password of. It must not be delivered, and
    /// nobody may be able to tell.
    /// </param>
    /// <param name="HasAccount">Whether the number has been verified: it has a user.</param>
    /// <param name="RequestId">
    /// Random, for the requester alone: a guess that names it counts against this code only. Empty from a silo of the
    /// version before.
    /// </param>
    [GenerateSerializer, Immutable, Alias("geminichat.CodeOutcome.Made")]
    public sealed record Issued(
        [property: Id(0)] OneTimeCode Code,
        [property: Id(1)] bool IsDecoy,
        [property: Id(2)] bool HasAccount = false,
        [property: Id(3)] Guid RequestId = default) : IssueCodeOutcome
    {
        /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
        public override string ToString() => nameof(Issued);
    }

    /// <summary>There have been enough for now; the last one stays valid.</summary>
    /// <param name="RetryAfter">How long to wait; above zero.</param>
    /// <param name="PerDay">The limit of 24 hours that was reached; null when it is one of minutes.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.CodeOutcome.TooSoon")]
    public sealed record RateLimited(
        [property: Id(0)] TimeSpan RetryAfter,
        [property: Id(1)] int? PerDay = null) : IssueCodeOutcome;
}

/// <summary>What came of checking a code.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.CheckOutcome")]
public abstract record CodeCheckOutcome
{
    private CodeCheckOutcome() { }

    /// <summary>The code was right.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckOutcome.Right")]
    public sealed record Valid([property: Id(0)] Guid UserId) : CodeCheckOutcome;

    /// <summary>The code is wrong, used, expired, for something else, or was never made.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckOutcome.Wrong")]
    public sealed record Invalid : CodeCheckOutcome;

    /// <summary>Answered by silos of the version before only, for the day after 20 wrong codes.</summary>
    /// <param name="RetryAfter">How long to wait; above zero.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckOutcome.TooMany")]
    public sealed record RateLimited([property: Id(0)] TimeSpan RetryAfter) : CodeCheckOutcome;
}

/// <summary>Whether a password may be checked, or the check's result told.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.LoginOutcome")]
public abstract record LoginOutcome
{
    private LoginOutcome() { }

    /// <summary>It may.</summary>
    /// <param name="UserId">The user of the number; null when nobody has verified it.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.LoginOutcome.Open")]
    public sealed record Allowed([property: Id(0)] Guid? UserId) : LoginOutcome;

    /// <summary>There have been too many wrong ones.</summary>
    /// <param name="RetryAfter">How long to wait; above zero.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.LoginOutcome.TooMany")]
    public sealed record RateLimited([property: Id(0)] TimeSpan RetryAfter) : LoginOutcome;
}
