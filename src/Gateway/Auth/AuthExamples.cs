namespace GeminiChat.Gateway.Auth;

/// <summary>Examples for the OpenAPI document.</summary>
internal static class AuthExamples
{
    public const string Code = "493817";
    public const string Password = "correct horse battery staple";

    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(42);

    public const int CodesPerDay = 10;

    public const string SignUpToken = "b25seSB3aG8gc2lnbmVkIHVwIGhhcyB0aGlzIHRva2Vu";

    private const string TooShort = "horse";
    private const string NoNumber = "four one five";
    private const string RefreshToken = "AZwUOl2AeBaPaDt8rdFOKgGcFDpdgHsBo-WQwdJ_ZLg0cnVzdCBubyBib2R5IHdpdGggdGhpcw";

    public static SignUpRequest SignUp { get; } = new("Ada", Example.Number, Password);

    public static SignUpRequest InvalidSignUp { get; } = SignUp with { Password = TooShort };

    public static Guid RequestId { get; } = new("5e1b7a0c-93d8-4b0e-8a75-2f4e9c1d6b37");

    public static SendOtpRequest SendOtp { get; } = new(Example.Number, RefreshToken);

    public static SendOtpRequest InvalidSendOtp { get; } = new(NoNumber);

    public static VerifyOtpRequest VerifyOtp { get; } = new(Example.Number, Code, RequestId, SignUpToken);

    public static VerifyOtpRequest InvalidVerifyOtp { get; } = new(Example.Number, OtpCode: null);

    public static LoginRequest Login { get; } = new(Example.Number, Password, RefreshToken);

    public static LoginRequest InvalidLogin { get; } = new(Example.Number, Password: null);

    public static RefreshRequest Refresh { get; } = new(RefreshToken);

    public static RefreshRequest InvalidRefresh { get; } = new(RefreshToken: null);

    public static LogoutRequest Logout { get; } = new(Everywhere: true);

    public static ForgotPasswordRequest Forgot { get; } = new(Example.Number, RefreshToken);

    public static ForgotPasswordRequest InvalidForgot { get; } = new(NoNumber);

    public static ResetPasswordRequest Reset { get; } = new(Example.Number, Code, "staple battery horse correct", RequestId);

    public static ResetPasswordRequest InvalidReset { get; } = Reset with { NewPassword = TooShort };

    public static ChangePasswordRequest Change { get; } = new(Password, "staple battery horse correct");

    public static ChangePasswordRequest InvalidChange { get; } = Change with { NewPassword = TooShort };

    public static TokenRequest Token { get; } = new("user-4711", "Ada", 900);

    public static TokenRequest InvalidToken { get; } = new(Subject: null);

    public static TokenResponse Tokens { get; } =
        new("eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTljMTQzYSJ9.c2lnbmF0dXJl", "bearer", 1800, RefreshToken);
}
