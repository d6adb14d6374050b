namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// A mobile number: the user it belongs to, the sign-up that waits for its verification, and its one-time code. Key:
/// the number in E.164 form.
/// </summary>
/// <remarks>
/// Calls run one at a time, so parallel guesses of a code are counted one by one. State is durable when a call
/// returns; when a call throws, it may or may not be.
/// </remarks>
[Alias("geminichat.IPhoneGrain")]
public interface IPhoneGrain : IGrainWithStringKey
{
    /// <summary>
    /// Keeps a sign-up until the number is verified by a code sent after it, within 15 minutes. The last one wins.
    /// </summary>
    [Alias("SignUp")]
    Task<SignUpOutcome> SignUp(SignUp request);

    /// <summary>Makes a new code for signing in; an older one stops being valid.</summary>
    /// <returns>The code, to be delivered and then forgotten: only a keyed hash of it is stored.</returns>
    [Alias("NewCode")]
    Task<OneTimeCode> NewCode();

    /// <summary>
    /// Checks a code: valid once, for ten minutes, for five checks. When it is right, the number counts as verified
    /// and its user exists when this returns.
    /// </summary>
    /// <returns>The user's id; null when the code is wrong, used, expired or was never made.</returns>
    [Alias("Verify")]
    Task<Guid?> Verify(string code);
}

/// <summary>A sign-up that waits for its number to be verified.</summary>
/// <param name="Name">1 to 200 code units.</param>
/// <param name="PasswordHash">As ASP.NET Core's <c>PasswordHasher</c> writes it.</param>
[GenerateSerializer, Immutable, Alias("geminichat.SignUp")]
public sealed record SignUp([property: Id(0)] string Name, [property: Id(1)] string PasswordHash);

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

/// <summary>A one-time code.</summary>
/// <param name="Code">Six decimal digits.</param>
/// <param name="ExpiresAt">The first moment at which it is no longer valid.</param>
[GenerateSerializer, Immutable, Alias("geminichat.OneTimeCode")]
public sealed record OneTimeCode([property: Id(0)] string Code, [property: Id(1)] DateTimeOffset ExpiresAt);
