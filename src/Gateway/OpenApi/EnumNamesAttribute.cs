using System.Collections.Frozen;
using GeminiChat.Gateway.Chatrooms;

namespace GeminiChat.Gateway.OpenApi;

/// <summary>The text, or each text of a list, is a name of the enumeration as clients know it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EnumNamesAttribute<T> : Attribute, IEnumNamesAttribute
    where T : struct, Enum
{
    public ImmutableArray<string> Names => SharedEnumNames.All[typeof(T).Name];
}

internal interface IEnumNamesAttribute
{
    ImmutableArray<string> Names { get; }
}

/// <summary>The names of enumerations that several schemas use. The document has a schema for each, so a generator makes one type of it.</summary>
internal static class SharedEnumNames
{
    public static FrozenDictionary<string, ImmutableArray<string>> All { get; } = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal)
    {
        [nameof(MessageStatus)] = Of<MessageStatus>(MessageResponse.ToStatusName),
        [nameof(Sender)] = Of<Sender>(MessageResponse.ToSenderName),
        [nameof(ThinkingLevel)] = Of<ThinkingLevel>(ReplyOptionsMapping.ToName),
        [nameof(Tier)] = Of<Tier>(tier => tier.ToString()),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The name of the enumeration that has exactly these names; null if none has.</summary>
    public static string? FindName(IReadOnlyCollection<string> names) =>
        All.FirstOrDefault(one => one.Value.Length == names.Count && one.Value.All(names.Contains)).Key;

    private static ImmutableArray<string> Of<T>(Func<T, string> toName)
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(toName)];
}
