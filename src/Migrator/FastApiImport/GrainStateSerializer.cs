using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>Writes and reads the state of grains as the silo does.</summary>
internal sealed class GrainStateSerializer : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private readonly OrleansGrainStorageSerializer _serializer;

    public GrainStateSerializer() => _serializer = new(_services.GetRequiredService<Serializer>());

    public byte[] Write<T>(T state) => _serializer.Serialize(state).ToArray();

    public T Read<T>(byte[] payload) => _serializer.Deserialize<T>(new BinaryData(payload))!;

    public void Dispose() => _services.Dispose();
}
