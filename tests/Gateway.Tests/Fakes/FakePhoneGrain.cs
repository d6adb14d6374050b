using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Fakes;

internal sealed class FakePhoneGrain : IPhoneGrain
{
    public const string Code = "123456";

    public static readonly Guid RequestId = new("5e1b7a0c-93d8-4b0e-8a75-2f4e9c1d6b37");

    public InjectedOutages Outages { get; } = new();

    public Guid UserId { get; } = Guid.CreateVersion7();

    public bool IsTaken { get; set; }

    public SignUp? Asked { get; private set; }

    /// <summary>The sign-up that came with the last code.</summary>
    public SignUp? Verified { get; private set; }

    public int Guesses { get; private set; }

    public Task<SignUpOutcome> SignUp(SignUp request)
    {
        Outages.Call();
        Asked = request;
        return Task.FromResult<SignUpOutcome>(IsTaken ? new SignUpOutcome.NumberTaken() : new SignUpOutcome.Pending(UserId));
    }

    public Task<IssueCodeOutcome> IssueCode(string mobileNumber, CodePurpose purpose, CodeRequest? request = null)
    {
        Outages.Call();
        return Task.FromResult<IssueCodeOutcome>(
            new IssueCodeOutcome.Issued(new OneTimeCode(Code, FakeUserGrain.Born), IsDecoy: false, HasAccount: false, RequestId));
    }

    public Task<CodeCheckOutcome> SignIn(string code, CodeGuess? guess = null, SignUp? signUp = null)
    {
        Outages.Call();
        Guesses++;
        Verified = signUp;
        return Task.FromResult<CodeCheckOutcome>(code == Code ? new CodeCheckOutcome.Valid(UserId) : new CodeCheckOutcome.Invalid());
    }

    public Task<CodeCheckOutcome> CheckResetCode(string code, CodeGuess guess) => throw new NotSupportedException();

    public Task<CodeCheckOutcome> ResetPassword(string code, string passwordHash, CodeGuess? guess = null) => throw new NotSupportedException();

    public Task<CodeCheckOutcome> Reauthenticate(string code, CodeGuess? guess = null) => throw new NotSupportedException();

    public Task<bool> HasAccount() => Task.FromResult(IsTaken);

    public Task Expire() => throw new NotSupportedException();

    public Task Release(Guid userId) => throw new NotSupportedException();

    public Task<LoginOutcome> BeginLogin(KnownDevice? device = null)
    {
        Outages.Call();
        return Task.FromResult<LoginOutcome>(new LoginOutcome.Allowed(UserId: null));
    }

    public Task<LoginOutcome> CompleteLogin(bool isRight, KnownDevice? device = null)
    {
        Outages.Call();
        return Task.FromResult<LoginOutcome>(new LoginOutcome.Allowed(UserId: null));
    }
}
