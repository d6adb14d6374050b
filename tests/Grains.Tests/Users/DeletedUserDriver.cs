using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>A user with a number, a session and a room, who is about to leave.</summary>
internal sealed class DeletedUserDriver(GrainTestCluster cluster, IPhoneGrain phone, string number, Guid id)
{
    public string Number => number;

    public IPhoneGrain Phone => phone;

    public Guid Id => id;

    public IUserGrain User => cluster.Grains.User(id);

    public IUserSecurityGrain Security => cluster.Grains.UserSecurity(id);

    public Guid Session { get; } = Guid.CreateVersion7();

    public RoomKey Room { get; } = new(id, Guid.CreateVersion7());

    public static async Task<DeletedUserDriver> Create(GrainTestCluster cluster, string name = "Ada", string passwordHash = "hash")
    {
        var number = TestNumber.Next();
        var phone = cluster.Grains.Phone(PhoneKey.Of((await cluster.Grains.NumberSecret().Get()).AsSpan(), number));
        var leaver = new DeletedUserDriver(cluster, phone, number, await SignIn(phone, number, new SignUp(name, passwordHash)));
        Assert.NotNull(await leaver.Security.StartSession(new NewSession(leaver.Session, [1, 2, 3], Version: null)));
        Assert.IsType<CreateRoomOutcome.Created>(await cluster.Grains.Chatroom(leaver.Room).Create(new NewRoom("room", null)));
        return leaver;
    }

    public async Task<string> NewCode() => Assert.IsType<IssueCodeOutcome.Issued>(await phone.IssueCode(number, CodePurpose.SignIn)).Code.Code;

    /// <summary>Signs in by the number; gives the user's id.</summary>
    public Task<Guid> SignIn() => SignIn(phone, number);

    public Task<bool> DeleteAccount() => User.Delete(Session);

    /// <summary>Waits until the store has nothing left to erase.</summary>
    public async Task WaitUntilErased()
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await cluster.UserRows.FindDeletedUser(id) is { IsErased: false })
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static async Task<Guid> SignIn(IPhoneGrain phone, string number, SignUp? signUp = null)
    {
        var code = Assert.IsType<IssueCodeOutcome.Issued>(await phone.IssueCode(number, CodePurpose.SignIn)).Code.Code;
        return Assert.IsType<CodeCheckOutcome.Valid>(await phone.SignIn(code, signUp: signUp)).UserId;
    }
}
