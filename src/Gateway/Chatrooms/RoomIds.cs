using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.Gateway.Chatrooms;

internal static class RoomIds
{
    private const int GuidBytes = 16;

    /// <summary>Creates an id. Such ids sort by time.</summary>
    public static Guid New(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow());

    /// <summary>
    /// The id for an idempotency key, so that a repeat reaches what the first request created. It is a UUIDv8 (RFC 9562, 5.8)
    /// from the SHA-256 of owner and key, so the same key of another owner gives another id.
    /// </summary>
    /// <param name="ownerId">The user.</param>
    /// <param name="key">The key.</param>
    public static Guid FromIdempotencyKey(Guid ownerId, string key)
    {
        Span<byte> input = stackalloc byte[GuidBytes + SizeLimits.MaxIdempotencyKeyLength];
        ownerId.TryWriteBytes(input, bigEndian: true, out _);
        var length = Encoding.ASCII.GetBytes(key, input[GuidBytes..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..(GuidBytes + length)], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..GuidBytes], bigEndian: true);
    }

    /// <summary>The same for the chat of a client that chooses the ids of its chats. No key can have the space.</summary>
    public static Guid FromChatId(Guid ownerId, string chatId) =>
        FromIdempotencyKey(ownerId, $"chat {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(chatId)))}");

    /// <summary>The same for something that belongs to a room.</summary>
    public static Guid FromIdempotencyKey(RoomKey room, string key) =>
        FromIdempotencyKey(FromIdempotencyKey(room.UserId, room.RoomId.ToString("N")), key);
}
