using GeminiChat.Grains.Model;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>The services that all rooms of a silo share.</summary>
internal sealed record ChatroomServices(
    IRoomStore Rooms,
    ModelClient ModelClient,
    SiloShutdown Shutdown,
    LiveReplies LiveReplies,
    IClusterMembershipService Membership,
    ILocalSiloDetails Silo,
    IOptions<ChatroomOptions> Options,
    IOptions<DailyQuotaOptions> Quota,
    TimeProvider Time,
    ILogger<ChatroomGrain> Logger)
{
    public DateTimeOffset Now() => Time.GetUtcNowToMillisecond();

    /// <summary>
    /// Picks the other active silo to which the rooms of a user move while this silo is shutting down; null when there is none.
    /// </summary>
    public SiloAddress? PickOtherSilo(Guid userId)
    {
        SiloAddress[] others =
        [
            .. Membership.CurrentSnapshot.Members.Values
                .Where(silo => silo.Status is SiloStatus.Active && !silo.SiloAddress.Equals(Silo.SiloAddress))
                .Select(silo => silo.SiloAddress),
        ];
        return others.Length == 0 ? null : UserSilo.Choose(userId, others);
    }
}
