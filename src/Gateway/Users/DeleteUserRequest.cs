using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Users;

/// <summary>Proof that it is the user who wants the account deleted: one of the two.</summary>
/// <param name="Password">The user's password.</param>
/// <param name="OtpCode">A one-time code from <c>POST /auth/send-otp</c>.</param>
/// <param name="RequestId">What the answer that told of the code said; without it the newest code is meant.</param>
internal sealed record DeleteUserRequest(string? Password = null, string? OtpCode = null, Guid? RequestId = null) : IRequestBody
{
    public string? Flaw() => (Password is null) == (OtpCode is null) ? "Give either password or otp_code." : null;
}
