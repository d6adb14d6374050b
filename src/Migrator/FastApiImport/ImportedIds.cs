using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>
/// The new ids. They are derived from the old ones, so that an import continues with the same ids after an interruption, and from
/// a secret, so that they are as hard to guess as random ids.
/// </summary>
internal sealed class ImportedIds(byte[] secret)
{
    private const int RandomBytes = 10;

    public Guid User(long id, DateTimeOffset createdAt) => Of($"user {id}", createdAt);

    public Guid Room(long id, DateTimeOffset createdAt) => Of($"room {id}", createdAt);

    // A UUIDv7 (RFC 9562, 5.7), with bits of a keyed hash in place of random bits.
    private Guid Of(string what, DateTimeOffset createdAt)
    {
        Span<byte> bytes = stackalloc byte[6 + RandomBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, createdAt.ToUnixTimeMilliseconds() << 16);
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"migrated {what}")).AsSpan(0, RandomBytes).CopyTo(bytes[6..]);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }
}
