using System.Text.Json;
using System.Text.RegularExpressions;

namespace GeminiChat.Rules.Tests.Page;

/// <summary>The words of the interface: English has all that are used, and the other languages say the same.</summary>
public sealed partial class WordsTests
{
    private const string Root = "src/Gateway/wwwroot";
    private const int RegexTimeoutMs = 1000;

    // The forms that a number can ask for. Languages whose further forms are for millions and fractions have them in "other".
    private static readonly Dictionary<string, string[]> PluralForms = new(StringComparer.Ordinal)
    {
        ["en"] = ["one", "other"],
        ["de"] = ["one", "other"],
        ["es"] = ["one", "other"],
        ["hi"] = ["one", "other"],
        ["ar"] = ["zero", "one", "two", "few", "many", "other"],
    };

    public static TheoryData<string> Languages => [.. PluralForms.Keys];

    [GeneratedRegex("""\bsay\(\s*"(?<key>[^"]+)"|\bdata-(?:text|label|title|placeholder)="(?<key>[^"]+)"|"(?<key>[a-z][\w-]*\.[\w.-]+)"|`(?<prefix>[a-z][\w-]*\.[\w.-]*)\$\{""", RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex UsePattern { get; }

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex NamePattern { get; }

    // JSON has neither comments nor names without quotes.
    [GeneratedRegex(@"^\s*(?://|/\*\*|\*).*$", RegexOptions.Multiline, RegexTimeoutMs)]
    private static partial Regex CommentPattern { get; }

    [GeneratedRegex(@"(?<=[{,]\s*)(?<form>zero|one|two|few|many|other)(?=\s*:)", RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex FormPattern { get; }

    [Fact]
    public void English_has_every_word_that_the_page_uses()
    {
        var english = Read("en");
        var sections = english.Keys.Select(SectionOf).ToHashSet(StringComparer.Ordinal);
        var missing = Uses().Where(use => !english.ContainsKey(use.Key) && (use.IsCertain || sections.Contains(SectionOf(use.Key)))).Select(use => $"{use.File}: {use.Key}");
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_word_is_used()
    {
        var used = Uses().Select(static use => use.Key).ToHashSet(StringComparer.Ordinal);
        var prefixes = Sources().SelectMany(static source => UsePattern.Matches(source.Text)).Select(static use => use.Groups["prefix"].Value)
            .Where(static prefix => prefix.Length > 0).ToList();
        Assert.All(Read("en").Keys, key => Assert.True(
            used.Contains(key) || prefixes.Exists(prefix => key.StartsWith(prefix, StringComparison.Ordinal)), $"{key} is not used."));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void What_a_language_says_is_the_same_as_in_English(string language)
    {
        var english = Read("en");
        foreach (var (key, forms) in Read(language))
        {
            Assert.True(english.TryGetValue(key, out var source), $"{language}: {key} is not in English.");
            Assert.All(forms.Values, text => Assert.True(text.Length == 0 == (source["other"].Length == 0), $"{language}: {key} is empty, or is not."));

            // One form may leave a number out: "two days" is one word in Arabic.
            Assert.True(NamesOf(forms["other"]).SetEquals(NamesOf(source["other"])), $"{language}: {key} has other names in braces.");
            Assert.All(forms.Values, text => Assert.True(NamesOf(text).IsSubsetOf(NamesOf(source["other"])), $"{language}: {key} has a name in braces that English has not."));
            Assert.True(forms.Count > 1 == source.Count > 1, $"{language}: {key} must have plural forms where English has them.");
            if (forms.Count > 1)
            {
                Assert.All(PluralForms[language], form => Assert.True(forms.ContainsKey(form), $"{language}: {key} lacks the form {form}."));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_language_says_everything(string language) => Assert.Equal(Read("en").Keys.Order(StringComparer.Ordinal), Read(language).Keys.Order(StringComparer.Ordinal));

    private static string SectionOf(string key) => key.Split('.')[0];

    private static HashSet<string> NamesOf(string text) => [.. NamePattern.Matches(text).Select(static name => name.Groups["name"].Value)];

    /// <summary>What is certainly a key, and every text that looks like one: keys are also chosen by conditions and from tables.</summary>
    private static IEnumerable<(string File, string Key, bool IsCertain)> Uses() =>
        from source in Sources()
        from use in UsePattern.Matches(source.Text)
        where use.Groups["key"].Success && (use.Value[0] != '"' || source.File.EndsWith(".js", StringComparison.Ordinal))
        select (source.File, use.Groups["key"].Value, use.Value[0] != '"');

    private static IEnumerable<(string File, string Text)> Sources()
    {
        var root = Path.Combine(Repository.Folder, Root);
        return Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => (Name: Path.GetRelativePath(root, file), Path: file))
            .Where(static file => Path.GetExtension(file.Name) is ".js" or ".html" && Path.GetDirectoryName(file.Name)!.Split('/')[0] is not ("words" or "lib"))
            .Select(static file => (file.Name, CommentPattern.Replace(File.ReadAllText(file.Path), "")));
    }

    private static Dictionary<string, Dictionary<string, string>> Read(string language)
    {
        var script = CommentPattern.Replace(Repository.Read($"{Root}/words/{language}.js"), "");
        var json = FormPattern.Replace(script[script.IndexOf('{', StringComparison.Ordinal)..(script.LastIndexOf('}') + 1)], static form => $"\"{form.Value}\"");
        using var words = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true });
        return words.RootElement.EnumerateObject().ToDictionary(
            static word => word.Name,
            static word => word.Value.ValueKind is JsonValueKind.String
                ? new Dictionary<string, string>(StringComparer.Ordinal) { ["other"] = word.Value.GetString()! }
                : word.Value.EnumerateObject().ToDictionary(static form => form.Name, static form => form.Value.GetString()!, StringComparer.Ordinal),
            StringComparer.Ordinal);
    }
}
