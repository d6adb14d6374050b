using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Mints the ids of rooms.</summary>
internal static class RoomIds
{
    private const int GuidBytes = 16;

    /// <summary>A fresh id; such ids sort by time.</summary>
    public static Guid New(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow());

    /// <summary>
    /// The id that a user's idempotency key stands for, so that a repeat reaches the room that the first request made.
    /// A UUIDv8 (RFC 9562, 5.8) from the SHA-256 of both: the key of another user is another room.
    /// </summary>
    public static Guid FromIdempotencyKey(Guid userId, string key)
    {
        Span<byte> input = stackalloc byte[GuidBytes + Web.SizeLimits.MaxIdempotencyKeyLength];
        userId.TryWriteBytes(input, bigEndian: true, out _);
        var length = Encoding.ASCII.GetBytes(key, input[GuidBytes..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..(GuidBytes + length)], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..GuidBytes], bigEndian: true);
    }
}
