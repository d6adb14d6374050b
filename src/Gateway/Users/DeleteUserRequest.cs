using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Users;

/// <summary>Proof that it is the user who wants the account deleted: one of the two.</summary>
/// <param name="Password">The user's password.</param>
/// <param name="OtpCode">A one-time code from <c>POST /auth/send-otp</c>.</param>
/// <param name="RequestId"><c>request_id</c> from the answer of send-otp; without it the newest code is checked.</param>
internal sealed record DeleteUserRequest(string? Password = null, string? OtpCode = null, Guid? RequestId = null) : IRequestBody
{
    public string? Flaw() => (Password is null) == (OtpCode is null) ? "Give either password or otp_code." : null;
}
