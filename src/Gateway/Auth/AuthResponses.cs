using System.ComponentModel.DataAnnotations;

namespace GeminiChat.Gateway.Auth;

/// <summary>A sign-up that waits for its number to be verified.</summary>
/// <param name="Message">What to do next.</param>
/// <param name="UserId">The id of the user to be.</param>
/// <param name="SignupToken">Send it to <c>POST /auth/verify-otp</c> within 15 minutes; otherwise no password is set.</param>
internal sealed record SignedUpResponse(string Message, Guid UserId, string SignupToken)
{
    public static SignedUpResponse Of(Guid userId, string token) => new(
        "Signed up. Now verify the number: POST /auth/send-otp, then POST /auth/verify-otp with signup_token.", userId, token);
}

/// <summary>A code is on its way.</summary>
/// <param name="Message">What to do next.</param>
/// <param name="RequestId">
/// To be given back with the code: then nobody else's requests and guesses can use it up. Keep it to yourself.
/// </param>
/// <param name="Otp">The code itself, only when codes are delivered in the response.</param>
internal sealed record OtpSentResponse(string Message, Guid? RequestId = null, string? Otp = null)
{
    public static OtpSentResponse Of(Guid? requestId, string? shown) =>
        new("A one-time code is on its way. It is valid for ten minutes.", requestId, shown);
}

/// <summary>RFC 6749, 5.1.</summary>
/// <param name="AccessToken">To be sent as <c>Authorization: Bearer</c>.</param>
/// <param name="TokenType">Always <c>bearer</c>.</param>
/// <param name="ExpiresIn">Seconds that the access token is good for.</param>
/// <param name="RefreshToken">Good once, for new tokens: <c>POST /auth/refresh</c>.</param>
internal sealed record TokenResponse(string AccessToken, [property: AllowedValues("bearer")] string TokenType, int ExpiresIn, string RefreshToken);

/// <summary>It is done.</summary>
internal sealed record DoneResponse(string Message)
{
    public static DoneResponse PasswordSet { get; } =
        new("The password is set, and all sessions have ended. Sign in with it.");

    public static DoneResponse PasswordChanged { get; } =
        new("The password is changed, and all other sessions have ended.");
}
