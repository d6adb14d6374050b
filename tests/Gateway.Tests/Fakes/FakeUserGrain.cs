using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Fakes;

internal sealed class FakeUserGrain(Guid id) : IUserGrain, IUserSecurityGrain
{
    public static readonly DateTimeOffset Born = new(2026, 1, 2, 3, 4, 5, 60, TimeSpan.Zero);

    public InjectedOutages Outages { get; } = new();

    public UserProfile? Profile { get; set; } = new(id, "Ada", "+15550100001", Born);

    public RoomList List { get; set; } = new([]);

    /// <summary>Gives the user rooms, the first of them the one that was active last.</summary>
    public ImmutableArray<RoomSummary> HaveRooms(int count)
    {
        var rooms = Enumerable.Range(0, count).Select(i => new RoomSummary(
            Guid.CreateVersion7(Born.AddMinutes(-i)), $"Room {i}", Born, Born.AddMinutes(-i), 1)).ToImmutableArray();
        List = new RoomList(rooms);
        return rooms;
    }

    public Task<UserProfile?> GetProfile()
    {
        Outages.Call();
        return Task.FromResult(Profile);
    }

    public Task<RoomList> ListRooms()
    {
        Outages.Call();
        return Task.FromResult(List);
    }

    public Task SetTier(TierGrant grant) => throw new NotSupportedException();

    public DailyUsage? Usage { get; set; }

    public Task<DailyUsage?> GetUsage() => Task.FromResult(Usage);

    public Task EnsureCreated(VerifiedUser user) => throw new NotSupportedException();

    public Task<RoomReservation> ReserveRoom(Guid roomId) => throw new NotSupportedException();

    public Task RoomChanged(RoomSummary room) => throw new NotSupportedException();

    /// <summary>What the user's devices are told.</summary>
    public FakeNotices Notices { get; } = new();

    public Task<bool> HasFollowers() => throw new NotSupportedException();

    public Task<NoticePage?> FollowNotices(NoticeCursor? from, CancellationToken cancellationToken) =>
        Notices.Follow(from, cancellationToken);

    public Task RoomDeleted(Guid roomId) => throw new NotSupportedException();

    public Task<UserProfile?> Rename(string? name) => throw new NotSupportedException();

    /// <summary>Whether sessions go on.</summary>
    public bool IsSignedIn { get; set; } = true;

    /// <summary>What that question throws.</summary>
    public InjectedOutages CheckOutages { get; } = new();

    /// <summary>What that question waits for.</summary>
    public Task CheckAnswered { get; set; } = Task.CompletedTask;

    /// <summary>How often that was asked.</summary>
    public int Checks { get; private set; }

    public async Task<bool> CheckSession(Guid sessionId, int version)
    {
        Checks++;
        CheckOutages.Call();
        await CheckAnswered;
        return IsSignedIn;
    }

    public Task<SessionGrant?> StartSession(NewSession session) => Task.FromResult<SessionGrant?>(new SessionGrant(session.Id, 0));

    public Task<Credentials?> GetCredentials() => throw new NotSupportedException();

    public Task<SessionGrant?> RefreshSession(Guid sessionId, ImmutableArray<byte> spent, ImmutableArray<byte> next)
    {
        Outages.Call();
        return Task.FromResult<SessionGrant?>(new SessionGrant(sessionId, 0));
    }

    public Task<SessionList?> ListSessions() => Task.FromResult<SessionList?>(new SessionList([]));

    public Task EndSession(Guid sessionId) => throw new NotSupportedException();

    public Task EndAllSessions() => throw new NotSupportedException();

    public Task<bool> ChangePassword(Guid sessionId, string known, string next) => throw new NotSupportedException();

    public Task ResetPassword(string passwordHash) => throw new NotSupportedException();

    public Task RehashPassword(string known, string next) => throw new NotSupportedException();

    public Task SetFirstPassword(string passwordHash) => throw new NotSupportedException();

    public Task Close() => throw new NotSupportedException();

    public Task Erase() => throw new NotSupportedException();

    public Task Reload() => throw new NotSupportedException();

    public Task<bool> Delete(Guid sessionId) => throw new NotSupportedException();

    public Task Wake() => throw new NotSupportedException();

    public Task<Admission?> Admit(Guid roomId, int count) => throw new NotSupportedException();

    public Task TurnsStored(RoomSummary room) => throw new NotSupportedException();

    public Task Withdraw(Guid roomId) => throw new NotSupportedException();

    public Task Recount() => throw new NotSupportedException();
}
