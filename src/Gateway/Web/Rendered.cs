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

    public static Rendered Of<T>(T answer, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToUtf8Bytes(answer, type));

    /// <summary>A strong entity tag: equal exactly when the bytes are.</summary>
    public string Tag =>
        _tag ??= $"\"{Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, TagBytes))}\"";
}

/// <summary>
/// Renders each immutable answer of a grain once. In one process a grain hands out the same instance until something
/// changes, so the instance stands for its bytes, and they are forgotten together.
/// </summary>
/// <typeparam name="TSource">What the grain answers.</typeparam>
/// <typeparam name="TRendered">What is sent for it.</typeparam>
internal sealed class RenderCache<TSource, TRendered>(Func<TSource, TRendered> render)
    where TSource : class
    where TRendered : class
{
    private readonly ConditionalWeakTable<TSource, TRendered> _cache = [];

    public TRendered Of(TSource source) =>
        _cache.TryGetValue(source, out var known) ? known : _cache.GetOrAdd(source, render(source));
}
