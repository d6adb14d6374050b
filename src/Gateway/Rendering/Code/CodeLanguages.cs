using System.Collections.Frozen;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Finds languages by the words that name them after a fence.</summary>
internal static class CodeLanguages
{
    private static readonly FrozenDictionary<string, CodeLanguage> All = Build();

    /// <summary>Null if the language is unknown: its code is shown without colours.</summary>
    public static CodeLanguage? Find(string name) => All.GetValueOrDefault(name);

    private static FrozenDictionary<string, CodeLanguage> Build()
    {
        var all = new Dictionary<string, CodeLanguage>(StringComparer.OrdinalIgnoreCase);
        foreach (var (names, language) in CompiledLanguages.All.Concat(ScriptLanguages.All).Concat(DomainLanguages.All).Concat(DocumentLanguages.All))
        {
            foreach (var name in names.Split(' '))
            {
                all.Add(name, language);
            }
        }

        return all.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
