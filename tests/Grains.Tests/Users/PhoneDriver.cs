using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>A mobile number that no other test uses.</summary>
internal sealed class PhoneDriver
{
    private const int CodesPerDay = 10;

    public PhoneDriver(GrainTestCluster cluster)
    {
        Number = TestNumber.Next();
        Grain = cluster.Grains.Phone(PhoneKey.Of("a secret"u8, Number));
    }

    public string Number { get; }

    public IPhoneGrain Grain { get; }

    public static string WrongCode(string code) => code == "000000" ? "000001" : "000000";

    public Task<IssueCodeOutcome> RequestCode(CodePurpose purpose) => Grain.IssueCode(Number, purpose, new CodeRequest(Device: null, CodesPerDay));

    public async Task<string> NewCode(CodePurpose purpose = CodePurpose.SignIn) =>
        Assert.IsType<IssueCodeOutcome.Issued>(await RequestCode(purpose)).Code.Code;

    /// <summary>The user's id; null when the code is not taken.</summary>
    public async Task<Guid?> SignIn(string code, Guid? requestId = null, SignUp? signUp = null) =>
        (await Grain.SignIn(code, new CodeGuess(requestId, CodesPerDay), signUp) as CodeCheckOutcome.Valid)?.UserId;
}
