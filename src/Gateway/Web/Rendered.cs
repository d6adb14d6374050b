using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace GeminiChat.Gateway.Web;

/// <summary>A JSON answer's bytes.</summary>
internal sealed class Rendered(byte[] bytes)
{
    private const int TagBytes = 16;
    private string? _tag;

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>A strong entity tag: equal exactly when the bytes are.</summary>
    public string Tag =>
        _tag ??= $"\"{Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, TagBytes))}\"";
}

/// <summary>
/// Renders each immutable answer of a grain once. In one process a grain hands out the same instance until something
/// changes, so the instance stands for its bytes, and they are forgotten together.
/// </summary>
/// <typeparam name="TSource">What the grain answers.</typeparam>
/// <typeparam name="TResponse">What is written for it.</typeparam>
internal sealed class RenderCache<TSource, TResponse>(Func<TSource, TResponse> map, JsonTypeInfo<TResponse> type)
    where TSource : class
{
    private readonly ConditionalWeakTable<TSource, Rendered> _cache = [];

    public Rendered Of(TSource source) => _cache.TryGetValue(source, out var known) ? known : Add(source);

    private Rendered Add(TSource source) =>
        _cache.GetOrAdd(source, new Rendered(JsonSerializer.SerializeToUtf8Bytes(map(source), type)));
}
