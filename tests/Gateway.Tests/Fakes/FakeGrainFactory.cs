using System.Collections.Concurrent;
using System.Reflection;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Fakes;

/// <summary>Grains that tests hold in their hands, behind the factory that the gateway asks for them.</summary>
public class FakeGrainFactory : DispatchProxy
{
    private readonly ConcurrentDictionary<string, FakeChatroomGrain> _rooms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, FakeUserGrain> _users = new();
    private readonly ConcurrentDictionary<string, FakePhoneGrain> _phones = new(StringComparer.Ordinal);

    internal static (IGrainFactory Factory, FakeGrainFactory Grains) Create()
    {
        var factory = Create<IGrainFactory, FakeGrainFactory>();
        return (factory, (FakeGrainFactory)(object)factory);
    }

    internal FakeChatroomGrain Room(Guid userId, Guid roomId) => Room($"{userId:D}/{roomId:D}");

    internal FakeUserGrain User(Guid userId) => _users.GetOrAdd(userId, id => new FakeUserGrain(id));

    internal FakePhoneGrain Phone(string number) => PhoneOf(PhoneKey.Of(FakeNumberSecretGrain.Value.AsSpan(), number).ToString());

    internal ICollection<string> RoomKeys => _rooms.Keys;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var grain = targetMethod!.GetGenericArguments()[0];
        return (grain.Name, args![0]) switch
        {
            (nameof(IChatroomGrain), string key) => Room(key),
            (nameof(IUserGrain) or nameof(IUserSecurityGrain), Guid id) => User(id),
            (nameof(IPhoneGrain), string key) => PhoneOf(key),
            (nameof(INumberSecretGrain), long) => new FakeNumberSecretGrain(),
            (nameof(ISendBudgetGrain), long) => new FakeSendBudgetGrain(),
            _ => throw new NotSupportedException(grain.Name),
        };
    }

    private FakePhoneGrain PhoneOf(string key) => _phones.GetOrAdd(key, _ => new FakePhoneGrain());

    private FakeChatroomGrain Room(string key) => _rooms.GetOrAdd(key, static key => new FakeChatroomGrain(Guid.Parse(key.AsSpan(37))));
}
