using Orleans.Concurrency;

namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// A mobile number: the user it belongs to, the sign-up that waits for its verification, its one-time codes, and how
/// often somebody was wrong about it. Key: <see cref="PhoneKey"/>, a keyed hash of the number.
/// </summary>
/// <remarks>
/// Calls run one at a time, so parallel guesses of a code are counted one by one. State is durable when a call
/// returns; when a call throws, it may or may not be. A number that nobody has verified answers like any other, so
/// that nobody can tell from outside which numbers are known.
/// </remarks>
[Alias("geminichat.IPhoneGrain")]
public interface IPhoneGrain : IGrainWithStringKey
{
    /// <summary>
    /// Keeps the name of a sign-up until the number is verified by a code sent after it, within <see cref="Users.SignUp.Lifetime"/>. The
    /// last one wins. A password is not kept: it counts only when <see cref="SignIn"/> is given it along with the code.
    /// </summary>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("SignUp")]
    Task<SignUpOutcome> SignUp(SignUp request);

    /// <summary>
    /// Makes a new code, which belongs to the request that asked for it; three of a requester are good side by side. For
    /// devices that are not known together: at most one a minute while the last one for the purpose is unused, five in
    /// ten minutes, of which three may be for a reset, and so many in 24 hours as the request says, of which half may be
    /// for a reset: others can ask for those, and must not use up the owner's way in. A known device has five in 24 hours
    /// of its own before it shares in these.
    /// </summary>
    /// <param name="mobileNumber">The number that the key stands for, E.164.</param>
    /// <param name="purpose">The only thing that the code will be good for.</param>
    /// <param name="request">Null from a gateway of the version before: no known device, ten codes a day.</param>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("SendCode")]
    Task<IssueCodeOutcome> IssueCode(string mobileNumber, CodePurpose purpose, CodeRequest? request = null);

    /// <summary>
    /// Checks a code for signing in: valid once, for ten minutes, for five guesses that name its request and, apart from
    /// them, five that do not; the first of those counts as a code of the number. When it is right, the number counts as verified and its user exists when this returns.
    /// </summary>
    /// <param name="code">What <see cref="IssueCode"/> made.</param>
    /// <param name="guess">Null from a gateway of the version before, which names no request.</param>
    /// <param name="signUp">
    /// The sign-up that the caller proved to have made with this number; null for none. Name and password are taken over
    /// unless the user has a password.
    /// </param>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("SignIn")]
    Task<CodeCheckOutcome> SignIn(string code, CodeGuess? guess = null, SignUp? signUp = null);

    /// <summary>
    /// Checks a code for a reset, under the limits of <see cref="SignIn"/>, and does not use it up when it is right.
    /// </summary>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("CheckResetCode")]
    Task<CodeCheckOutcome> CheckResetCode(string code, CodeGuess guess);

    /// <summary>
    /// Checks a code for a reset, under the limits of <see cref="SignIn"/>. When it is right, the user has the new
    /// password, no session and no other code for a reset any more when this returns.
    /// </summary>
    /// <param name="code">What <see cref="IssueCode"/> made.</param>
    /// <param name="passwordHash">As ASP.NET Core's <c>PasswordHasher</c> writes it.</param>
    /// <param name="guess">Null from a gateway of the version before, which names no request.</param>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("ResetPassword")]
    Task<CodeCheckOutcome> ResetPassword(string code, string passwordHash, CodeGuess? guess = null);

    /// <summary>
    /// Checks a code for signing in, under the limits of <see cref="SignIn"/>, and uses it up, for who is signed in and
    /// shall prove to hold the number as well.
    /// </summary>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("Prove")]
    Task<CodeCheckOutcome> Reauthenticate(string code, CodeGuess? guess = null);

    /// <summary>Whether the number has been verified: it has a user. Answered from memory. Safe to repeat.</summary>
    [AlwaysInterleave, Alias("HasAccount")]
    Task<bool> HasAccount();

    /// <summary>
    /// Erases all that is kept of a number that nobody has verified, once a day has passed since the last contact. Nothing
    /// happens before, or when it has a user. Safe to repeat.
    /// </summary>
    [Alias("Expire")]
    Task Expire();

    /// <summary>
    /// Frees the number of its user, who has been deleted: whoever verifies it next gets a new one. What counts against
    /// abuse goes on. Nothing happens when it is not that user's number. Durable when it returns. Safe to repeat.
    /// </summary>
    [Alias("Release")]
    Task Release(Guid userId);

    /// <summary>Asks whether a password may be checked now. Spares the hash when not. Safe to repeat.</summary>
    /// <param name="device">Null for a device that is not known.</param>
    [Alias("BeginLogin")]
    Task<LoginOutcome> BeginLogin(KnownDevice? device = null);

    /// <summary>
    /// Tells how the check of a password came out, and asks whether that may be told. Ten wrong ones an hour may;
    /// beyond them not even that a password was right, however many were checked at the same time. A known device has
    /// ten of its own.
    /// </summary>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("EndLogin")]
    Task<LoginOutcome> CompleteLogin(bool isPasswordValid, KnownDevice? device = null);
}

/// <summary>What a one-time code is good for.</summary>
public enum CodePurpose
{
    /// <summary>Signing in, and thereby verifying the number.</summary>
    SignIn = 0,

    /// <summary>Setting a new password.</summary>
    Reset = 1,
}

/// <summary>A sign-up that waits for its number to be verified.</summary>
/// <param name="Name">1 to 200 code units.</param>
/// <param name="PasswordHash">Null where it is not needed; else as ASP.NET Core's <c>PasswordHasher</c> writes it.</param>
[GenerateSerializer, Immutable, Alias("geminichat.SignUp")]
public sealed record SignUp([property: Id(0)] string Name, [property: Id(1)] string? PasswordHash)
{
    /// <summary>How long a sign-up waits for its number's verification.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(SignUp);
}

/// <summary>A one-time code.</summary>
/// <param name="Code">Six decimal digits.</param>
/// <param name="ExpiresAt">The first moment at which it is no longer valid.</param>
[GenerateSerializer, Immutable, Alias("geminichat.OneTimeCode")]
public sealed record OneTimeCode([property: Id(0)] string Code, [property: Id(1)] DateTimeOffset ExpiresAt)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(OneTimeCode);
}
