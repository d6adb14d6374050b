using System.Collections.Concurrent;
using System.Reflection;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Played;

/// <summary>Grains that tests hold in their hands, behind the factory that the gateway asks for them.</summary>
public class PlayedGrains : DispatchProxy
{
    private readonly ConcurrentDictionary<string, PlayedRoom> _rooms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, PlayedUser> _users = new();
    private readonly ConcurrentDictionary<string, PlayedPhone> _phones = new(StringComparer.Ordinal);

    internal static (IGrainFactory Factory, PlayedGrains Grains) Create()
    {
        var factory = Create<IGrainFactory, PlayedGrains>();
        return (factory, (PlayedGrains)(object)factory);
    }

    internal PlayedRoom Room(Guid userId, Guid roomId) => Room($"{userId:D}/{roomId:D}");

    internal PlayedUser User(Guid userId) => _users.GetOrAdd(userId, id => new PlayedUser(id));

    internal PlayedPhone Phone(string number) => PhoneOf(PhoneKey.Of(PlayedSecret.Value.AsSpan(), number).ToString());

    internal ICollection<string> RoomKeys => _rooms.Keys;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var grain = targetMethod!.GetGenericArguments()[0];
        return (grain.Name, args![0]) switch
        {
            (nameof(IChatroomGrain), string key) => Room(key),
            (nameof(IUserGrain) or nameof(IUserSecurityGrain), Guid id) => User(id),
            (nameof(IPhoneGrain), string key) => PhoneOf(key),
            (nameof(INumberSecretGrain), long) => new PlayedSecret(),
            (nameof(ISendBudgetGrain), long) => new PlayedBudget(),
            _ => throw new NotSupportedException(grain.Name),
        };
    }

    private PlayedPhone PhoneOf(string key) => _phones.GetOrAdd(key, _ => new PlayedPhone());

    private PlayedRoom Room(string key) => _rooms.GetOrAdd(key, static key => new PlayedRoom(Guid.Parse(key.AsSpan(37))));
}
