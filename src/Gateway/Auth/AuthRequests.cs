using System.ComponentModel.DataAnnotations;

namespace GeminiChat.Gateway.Auth;

/// <summary>A sign-up.</summary>
internal sealed record SignUpRequest(
    [property: Required, StringLength(SizeLimits.MaxNameLength, MinimumLength = 1), Visible] string? Name,
    [property: Required, MobileNumber] string? MobileNumber,
    [property: Required, StringLength(SizeLimits.MaxPasswordLength, MinimumLength = SizeLimits.MinPasswordLength), UncommonPassword] string? Password) : IRequestBody;

/// <summary>Asks for a one-time code.</summary>
/// <param name="MobileNumber">The number that gets the code.</param>
/// <param name="DeviceToken">
/// The last refresh_token that this device had, valid or not. A device that is known by it has limits of its own.
/// </param>
internal sealed record SendOtpRequest(
    [property: Required, MobileNumber] string? MobileNumber,
    string? DeviceToken = null) : IRequestBody;

/// <summary>Signs in with a one-time code.</summary>
/// <param name="MobileNumber">The number that it was sent to.</param>
/// <param name="OtpCode">The code.</param>
/// <param name="RequestId"><c>request_id</c> from the answer of send-otp; without it the newest code is checked.</param>
/// <param name="SignupToken">From the sign-up whose password is set; without it no password is set.</param>
internal sealed record VerifyOtpRequest(
    [property: Required, MobileNumber] string? MobileNumber,
    [property: Required] string? OtpCode,
    Guid? RequestId = null,
    string? SignupToken = null) : IRequestBody;

/// <summary>Signs in with a password. A password that the rules would refuse is answered like any wrong password.</summary>
/// <param name="MobileNumber">The user's number.</param>
/// <param name="Password">The user's password.</param>
/// <param name="DeviceToken">See <see cref="SendOtpRequest"/>.</param>
internal sealed record LoginRequest(
    [property: Required, MobileNumber] string? MobileNumber,
    [property: Required] string? Password,
    string? DeviceToken = null) : IRequestBody;

/// <summary>Asks for new tokens.</summary>
internal sealed record RefreshRequest([property: Required] string? RefreshToken) : IRequestBody;

/// <summary>Ends sessions.</summary>
/// <param name="Everywhere">All of them rather than the calling one.</param>
internal sealed record LogoutRequest(bool? Everywhere = null) : IRequestBody
{
    public static IRequestBody? WhenAbsent { get; } = new LogoutRequest();
}

/// <summary>Asks for a code to set a new password with.</summary>
/// <param name="MobileNumber">The user's number.</param>
/// <param name="DeviceToken">See <see cref="SendOtpRequest"/>.</param>
internal sealed record ForgotPasswordRequest(
    [property: Required, MobileNumber] string? MobileNumber,
    string? DeviceToken = null) : IRequestBody;

/// <summary>Sets a new password by a code.</summary>
/// <param name="MobileNumber">The number that it was sent to.</param>
/// <param name="OtpCode">The code.</param>
/// <param name="NewPassword">The new password.</param>
/// <param name="RequestId"><c>request_id</c> from the answer of forgot-password; without it the newest code is checked.</param>
internal sealed record ResetPasswordRequest(
    [property: Required, MobileNumber] string? MobileNumber,
    [property: Required] string? OtpCode,
    [property: Required, StringLength(SizeLimits.MaxPasswordLength, MinimumLength = SizeLimits.MinPasswordLength), UncommonPassword] string? NewPassword,
    Guid? RequestId = null) : IRequestBody;

/// <summary>Sets a new password by the current one.</summary>
internal sealed record ChangePasswordRequest(
    [property: Required] string? CurrentPassword,
    [property: Required, StringLength(SizeLimits.MaxPasswordLength, MinimumLength = SizeLimits.MinPasswordLength), UncommonPassword] string? NewPassword) : IRequestBody;
