using System.ComponentModel.DataAnnotations;
using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Auth;

// The annotations are for the OpenAPI document; Flaw is what is enforced.

/// <summary>A sign-up.</summary>
internal sealed record SignUpRequest(
    [property: Required, StringLength(Limits.Name, MinimumLength = 1)] string? Name,
    [property: Required] string? MobileNumber,
    [property: Required, StringLength(Limits.PasswordMax, MinimumLength = Limits.PasswordMin)] string? Password)
    : IRequestBody
{
    public string? Flaw() =>
        Text.Required("name", Name, 1, Limits.Name)
        ?? MobileNumbers.Flaw(MobileNumber)
        ?? Text.Required("password", Password, Limits.PasswordMin, Limits.PasswordMax);
}

/// <summary>Asks for a one-time code.</summary>
internal sealed record SendOtpRequest([property: Required] string? MobileNumber) : IRequestBody
{
    public string? Flaw() => MobileNumbers.Flaw(MobileNumber);
}

/// <summary>Gives a one-time code back.</summary>
internal sealed record VerifyOtpRequest(
    [property: Required] string? MobileNumber,
    [property: Required] string? OtpCode) : IRequestBody
{
    public string? Flaw() =>
        MobileNumbers.Flaw(MobileNumber) ?? (OtpCode is null ? "otp_code is required." : null);
}
