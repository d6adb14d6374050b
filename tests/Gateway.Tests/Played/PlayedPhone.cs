using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Played;

internal sealed class PlayedPhone : IPhoneGrain
{
    public const string Code = "123456";

    public Outages Outages { get; } = new();

    public Guid UserId { get; } = Guid.CreateVersion7();

    public bool IsTaken { get; set; }

    public SignUp? Asked { get; private set; }

    public int Guesses { get; private set; }

    public Task<SignUpOutcome> SignUp(SignUp request)
    {
        Outages.Call();
        Asked = request;
        return Task.FromResult<SignUpOutcome>(IsTaken ? new SignUpOutcome.NumberTaken() : new SignUpOutcome.Pending(UserId));
    }

    public Task<OneTimeCode> NewCode()
    {
        Outages.Call();
        return Task.FromResult(new OneTimeCode(Code, PlayedUser.Born));
    }

    public Task<Guid?> Verify(string code)
    {
        Outages.Call();
        Guesses++;
        return Task.FromResult<Guid?>(code == Code ? UserId : null);
    }
}
