using System.Text;
using GeminiChat.ServiceDefaults.Settings;
using Orleans.Storage;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>
/// A row of <c>OrleansStorage</c>, as Orleans' provider transaction it: users come by the thousand, and what is kept of each
/// is to be stored with the others', not in a commit of its own.
/// </summary>
internal sealed class GrainStateRow
{
    private static readonly OrleansDefaultHasher Hasher = new();

    // One that is there was written by this move, before it was interrupted, or stands for the same key.
    public const string Insert = """
        insert into OrleansStorage (
          GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, ServiceId, PayloadBinary, ModifiedOn, Version)
        values (@idHash, @n0, @n1, @typeHash, @state, @service, @payload, @now, 1)
        on conflict do nothing
        """;

    public const string Payload = """
        select PayloadBinary from OrleansStorage
        where GrainIdHash = @idHash and GrainTypeHash = @typeHash and GrainIdN0 = @n0 and GrainIdN1 = @n1
          and GrainTypeString = @state and ServiceId = @service
        """;

    private readonly (string Name, object? Value)[] _key;

    private GrainStateRow(string state, byte[] idBytes, long n0, long n1)
    {
        // The provider hashes the bytes of a key in this order.
        Array.Reverse(idBytes);
        _key =
        [
            ("idHash", Hasher.Hash(idBytes)),
            ("n0", n0),
            ("n1", n1),
            ("typeHash", Hasher.Hash(Encoding.UTF8.GetBytes(state))),
            ("state", state),
            ("service", ClusterSettings.ServiceId),
        ];
    }

    /// <summary>The state of a grain whose key is a UUID, or any other 32 hexadecimal digits, which Orleans takes for one.</summary>
    public static GrainStateRow Of(string state, Guid key)
    {
        var bytes = key.ToByteArray();
        return new GrainStateRow(state, bytes, BitConverter.ToInt64(bytes, 0), BitConverter.ToInt64(bytes, 8));
    }

    /// <summary>The state of a grain whose key is a number.</summary>
    public static GrainStateRow Of(string state, long key) => new(state, BitConverter.GetBytes(key), 0, key);

    public ImportStatement ToInsert(byte[] payload, DateTimeOffset now) =>
        new(Insert, [.. _key, ("payload", payload), ("now", now.DateTime)]);

    public ImportStatement ToRead() => new(Payload, _key);
}
