using GeminiChat.Grains.Model;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>The services that all rooms of a silo share.</summary>
internal sealed record ChatroomServices(
    IRoomStore Rooms,
    IFileStore Files,
    ModelClient ModelClient,
    ModelCatalog Models,
    SiloShutdown Shutdown,
    LiveReplies LiveReplies,
    IClusterMembershipService Membership,
    ILocalSiloDetails Silo,
    IOptions<ChatroomOptions> Options,
    IOptions<TierOptions> Tiers,
    TimeProvider Time,
    ILogger<ChatroomGrain> Logger)
{
    public DateTimeOffset Now() => Time.GetUtcNowToMillisecond();

    /// <summary>
    /// Picks a random other active silo, to which a room can move while this silo is shutting down; null when there is none. It is
    /// not the user's silo by hash, because that one may be shutting down too, and the room would never get to a third one.
    /// </summary>
    public SiloAddress? PickOtherSilo()
    {
        var others = Membership.CurrentSnapshot.Members.Values
            .Where(silo => silo.Status is SiloStatus.Active && !silo.SiloAddress.Equals(Silo.SiloAddress))
            .ToArray();
        return others.Length == 0 ? null : others[Random.Shared.Next(others.Length)].SiloAddress;
    }
}
