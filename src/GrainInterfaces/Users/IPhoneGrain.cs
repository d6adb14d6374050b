using Orleans.Concurrency;

namespace GeminiChat.GrainInterfaces.Users;

/// <summary>
/// A mobile number: its user, the sign-up that waits for verification, its one-time codes, and the counts of wrong
/// guesses. Key: <see cref="PhoneKey"/>, a keyed hash of the number.
/// </summary>
/// <remarks>
/// Calls run one at a time, so parallel guesses of a code are counted one by one. State is durable when a call returns.
/// When a call throws, the state may or may not be stored. A number that was never verified gets the same responses as
/// any other, so that a client cannot find out which numbers are known.
/// </remarks>
[Alias("geminichat.IPhoneGrain")]
public interface IPhoneGrain : IGrainWithStringKey
{
    /// <summary>
    /// Stores the name of a sign-up until the number is verified with a code that was sent after it, within
    /// <see cref="Users.SignUp.Lifetime"/>. The newest sign-up replaces earlier ones. A password is not stored: it counts
    /// only when <see cref="SignIn"/> gets it together with the code.
    /// </summary>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("SignUp")]
    Task<SignUpOutcome> SignUp(SignUp request);

    /// <summary>
    /// Makes a new code, which belongs to the request that asked for it. Three codes of a requester are valid at the same
    /// time. Limits for all unknown devices together: one code a minute while the last one for the purpose is unused;
    /// five codes in ten minutes, at most three of them for a reset; and in 24 hours the number in the request, at most
    /// half of them for a reset. Reset codes are limited because others can request them and must not use up the codes
    /// that the owner needs to sign in. A known device has five codes of its own in 24 hours. After that it shares the
    /// limits of unknown devices.
    /// </summary>
    /// <param name="mobileNumber">The number of this key, E.164.</param>
    /// <param name="purpose">The only purpose for which the code is valid.</param>
    /// <param name="request">Null from a gateway of the previous version: no known device, ten codes a day.</param>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("SendCode")]
    Task<IssueCodeOutcome> IssueCode(string mobileNumber, CodePurpose purpose, CodeRequest? request = null);

    /// <summary>
    /// Checks a sign-in code. A code is valid once, for ten minutes, for five guesses that name its request, and
    /// separately for five that do not. The first of the latter counts as a code of the number. When the code is right,
    /// the number is verified and its user exists when the call returns.
    /// </summary>
    /// <param name="code">The code from <see cref="IssueCode"/>.</param>
    /// <param name="guess">Null from a gateway of the previous version, which names no request.</param>
    /// <param name="signUp">
    /// The sign-up that the caller has proved to have made with this number; null for none. Its name and password are
    /// applied unless the user has a password.
    /// </param>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("SignIn")]
    Task<CodeCheckOutcome> SignIn(string code, CodeGuess? guess = null, SignUp? signUp = null);

    /// <summary>Checks a reset code, under the limits of <see cref="SignIn"/>. A right code is not used up.</summary>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("CheckResetCode")]
    Task<CodeCheckOutcome> CheckResetCode(string code, CodeGuess guess);

    /// <summary>
    /// Checks a reset code, under the limits of <see cref="SignIn"/>. If the code is right, then when the call returns
    /// the user has the new password, all sessions have ended and no other reset code is valid.
    /// </summary>
    /// <param name="code">The code from <see cref="IssueCode"/>.</param>
    /// <param name="passwordHash">The hash that ASP.NET Core's <c>PasswordHasher</c> writes.</param>
    /// <param name="guess">Null from a gateway of the previous version, which names no request.</param>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("ResetPassword")]
    Task<CodeCheckOutcome> ResetPassword(string code, string passwordHash, CodeGuess? guess = null);

    /// <summary>
    /// Checks a sign-in code, under the limits of <see cref="SignIn"/>, and uses it up. For a signed-in user who must
    /// also prove to hold the number.
    /// </summary>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("Prove")]
    Task<CodeCheckOutcome> Reauthenticate(string code, CodeGuess? guess = null);

    /// <summary>Whether the number has been verified, so it has a user. Returned from memory. Safe to repeat.</summary>
    [AlwaysInterleave, Alias("HasAccount")]
    Task<bool> HasAccount();

    /// <summary>
    /// Erases the state of a number that was never verified, once a day has passed since the last contact. Does nothing
    /// before that time, or when the number has a user. Safe to repeat.
    /// </summary>
    [Alias("Expire")]
    Task Expire();

    /// <summary>
    /// Removes a deleted user from the number. The next verification of the number creates a new user. The counts that
    /// limit abuse are kept. Does nothing when the number belongs to another user. Durable when the call returns. Safe to
    /// repeat.
    /// </summary>
    [Alias("Release")]
    Task Release(Guid userId);

    /// <summary>Asks whether a password may be checked now. A refusal saves the work of hashing. Safe to repeat.</summary>
    /// <param name="device">Null for an unknown device.</param>
    [Alias("BeginLogin")]
    Task<LoginOutcome> BeginLogin(KnownDevice? device = null);

    /// <summary>
    /// Reports the result of a password check, and asks whether the result may be returned to the client. Ten wrong
    /// passwords an hour are allowed. Beyond that, the client is not told even that a password was right, however many
    /// were checked at the same time. A known device has ten of its own.
    /// </summary>
    [ResponseTimeout(ResponseTimeouts.NonRepeatable), Alias("EndLogin")]
    Task<LoginOutcome> CompleteLogin(bool isPasswordValid, KnownDevice? device = null);
}

/// <summary>The purpose of a one-time code.</summary>
public enum CodePurpose
{
    /// <summary>Signing in, and thereby verifying the number.</summary>
    SignIn = 0,

    /// <summary>Setting a new password.</summary>
    Reset = 1,
}

/// <summary>A sign-up that waits for the verification of its number.</summary>
/// <param name="Name">1 to 200 code units.</param>
/// <param name="PasswordHash">
/// Null where it is not needed; otherwise the hash that ASP.NET Core's <c>PasswordHasher</c> writes.
/// </param>
[GenerateSerializer, Immutable, Alias("geminichat.SignUp")]
public sealed record SignUp([property: Id(0)] string Name, [property: Id(1)] string? PasswordHash)
{
    /// <summary>How long a sign-up waits for its number's verification.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(SignUp);
}

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

/// <summary>A one-time code.</summary>
/// <param name="Code">Six decimal digits.</param>
/// <param name="ExpiresAt">The first moment at which it is no longer valid.</param>
[GenerateSerializer, Immutable, Alias("geminichat.OneTimeCode")]
public sealed record OneTimeCode([property: Id(0)] string Code, [property: Id(1)] DateTimeOffset ExpiresAt)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(OneTimeCode);
}
