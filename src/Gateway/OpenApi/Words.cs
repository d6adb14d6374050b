using System.Collections.Frozen;
using GeminiChat.Gateway.Chatrooms;

namespace GeminiChat.Gateway.OpenApi;

/// <summary>The text, or each text of a list, is a name of the enumeration as clients know it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WordsOfAttribute<T> : Attribute, IWordsAttribute
    where T : struct, Enum
{
    public ImmutableArray<string> Words => SharedWords.All[typeof(T).Name];
}

internal interface IWordsAttribute
{
    ImmutableArray<string> Words { get; }
}

/// <summary>Sets of words that several schemas use. The document has each as a schema of its own, so a generator makes one type of it.</summary>
internal static class SharedWords
{
    public static FrozenDictionary<string, ImmutableArray<string>> All { get; } = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal)
    {
        [nameof(MessageStatus)] = Of<MessageStatus>(MessageResponse.ToStatusName),
        [nameof(Sender)] = Of<Sender>(MessageResponse.ToSenderName),
        [nameof(ThinkingLevel)] = Of<ThinkingLevel>(ReplyOptionsMapping.ToName),
        [nameof(Tier)] = Of<Tier>(tier => tier.ToString()),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The name of the set that has exactly these words; null if none has.</summary>
    public static string? FindName(IReadOnlyCollection<string> words) =>
        All.FirstOrDefault(set => set.Value.Length == words.Count && set.Value.All(words.Contains)).Key;

    private static ImmutableArray<string> Of<T>(Func<T, string> toName)
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(toName)];
}
