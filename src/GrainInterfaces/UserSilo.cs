using System.Buffers.Text;
using System.Collections.Frozen;
using System.IO.Hashing;

namespace GeminiChat.GrainInterfaces;

/// <summary>
/// Which silo a user's grains are placed on. Each silo computes it from the user's id and the active silos, so the grains of a
/// user call each other without the network.
/// </summary>
public static class UserSilo
{
    private const int GuidLength = 36;

    private static readonly GrainType Chatroom = GrainType.Create("chatroom");
    private static readonly FrozenSet<GrainType> KeyedByUser =
        [GrainType.Create("user"), GrainType.Create("usersecurity"), GrainType.Create("subscription")];

    /// <summary>The user that a grain belongs to. False for a grain that belongs to no user.</summary>
    public static bool TryGetUser(GrainId grain, out Guid userId)
    {
        if (grain.Type != Chatroom)
        {
            userId = Guid.Empty;
            return KeyedByUser.Contains(grain.Type) && grain.TryGetGuidKey(out userId, out _);
        }

        // RoomKey has the form of the key.
        return Utf8Parser.TryParse(grain.Key.AsSpan(), out userId, out var length, 'D') && length == GuidLength;
    }

    /// <summary>
    /// Chooses a silo by rendezvous hashing. The users are spread evenly. When a silo joins or leaves, only the users move that
    /// come from it or go to it.
    /// </summary>
    /// <param name="userId">The user.</param>
    /// <param name="silos">At least one silo, in any order.</param>
    public static SiloAddress Choose(Guid userId, ReadOnlySpan<SiloAddress> silos)
    {
        Span<byte> user = stackalloc byte[16];
        userId.TryWriteBytes(user);
        var chosen = silos[0];
        var highest = 0UL;
        foreach (var silo in silos)
        {
            var weight = XxHash3.HashToUInt64(user, silo.GetConsistentHashCode());
            if (weight > highest || (weight == highest && silo.CompareTo(chosen) < 0))
            {
                (chosen, highest) = (silo, weight);
            }
        }

        return chosen;
    }
}
