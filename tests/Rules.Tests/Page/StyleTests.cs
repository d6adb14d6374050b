using System.Text.RegularExpressions;

namespace GeminiChat.Rules.Tests.Page;

/// <summary>The style sheets of the page.</summary>
public sealed partial class StyleTests
{
    private const int RegexTimeoutMs = 1000;

    [GeneratedRegex(@":has\([^)]*:(?:checked|not|empty)", RegexOptions.None, RegexTimeoutMs)]
    private static partial Regex StateOfInnerElementPattern { get; }

    // With such a rule, a browser looks at every message of a chat for each new element: see docs/page.md.
    [Fact]
    public void No_rule_asks_for_the_state_of_inner_elements()
    {
        var styles = Directory.GetFiles(Path.Combine(Repository.Folder, "src/Gateway/wwwroot/css"), "*.css");
        Assert.NotEmpty(styles);
        Assert.All(styles, style => Assert.DoesNotMatch(StateOfInnerElementPattern, File.ReadAllText(style)));
    }
}
