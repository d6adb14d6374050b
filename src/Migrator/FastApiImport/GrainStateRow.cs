using System.Text;
using GeminiChat.ServiceDefaults.Settings;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>
/// A row of <c>OrleansStorage</c>, as Orleans' provider writes it. The provider itself needs a commit for each row, and an import
/// stores the state of many users in one commit.
/// </summary>
internal sealed class GrainStateRow
{
    private static readonly OrleansDefaultHasher Hasher = new();

    // An existing row was written by this import before it was interrupted, or belongs to another user with the same key.
    private const string Insert = """
        insert into OrleansStorage (
          GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, ServiceId, PayloadBinary, ModifiedOn, Version)
        values (@idHash, @n0, @n1, @typeHash, @state, @service, @payload, @now, 1)
        on conflict do nothing
        """;

    private const string Payload = """
        select PayloadBinary from OrleansStorage
        where GrainIdHash = @idHash and GrainTypeHash = @typeHash and GrainIdN0 = @n0 and GrainIdN1 = @n1
          and GrainTypeString = @state and ServiceId = @service
        """;

    private readonly (string Name, object? Value)[] _key;

    private GrainStateRow(string state, byte[] idBytes, long n0, long n1)
    {
        // The provider hashes the bytes in this order.
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

    /// <summary>
    /// The state of a grain whose key is a UUID. Orleans treats any 32 hexadecimal digits as a UUID.
    /// </summary>
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

/// <summary>Serializes grain state as the silo does.</summary>
internal sealed class GrainStateSerializer : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private readonly OrleansGrainStorageSerializer _serializer;

    public GrainStateSerializer() => _serializer = new(_services.GetRequiredService<Serializer>());

    public byte[] Write<T>(T state) => _serializer.Serialize(state).ToArray();

    public T Read<T>(byte[] payload) => _serializer.Deserialize<T>(new BinaryData(payload))!;

    public void Dispose() => _services.Dispose();
}
