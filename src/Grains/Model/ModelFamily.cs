using System.Text.RegularExpressions;

namespace GeminiChat.Grains.Model;

/// <summary>How a model is told how much to think.</summary>
internal enum ThinkingControl
{
    /// <summary>It does not think.</summary>
    None,

    /// <summary>By a number of tokens, as Gemini 2.5.</summary>
    Budget,

    /// <summary>By a level, as Gemini 3 and later.</summary>
    Level,
}

/// <summary>
/// What the name of a model says about it. Google's list of models does not have these facts. The names of new models are not
/// known, so an unknown Gemini is treated as a new one.
/// </summary>
/// <param name="Control">How it is told how much to think.</param>
/// <param name="Levels">The levels of thinking that it has, from the lowest.</param>
/// <param name="Input">The kinds of media that it understands.</param>
/// <param name="Search">Whether it can search the web.</param>
/// <param name="UrlContext">Whether it can read web pages whose addresses are in a message.</param>
/// <param name="CodeExecution">Whether it can run code.</param>
/// <param name="ContextTokens">The maximum number of tokens of a prompt; null when it is not known.</param>
internal sealed partial record ModelFamily(
    ThinkingControl Control,
    ImmutableArray<ThinkingLevel> Levels,
    ImmutableArray<string> Input,
    bool Search,
    bool UrlContext,
    bool CodeExecution,
    int? ContextTokens)
{
    private const int MillionTokens = 1_048_576;

    private static readonly ImmutableArray<ThinkingLevel> AllLevels =
        [ThinkingLevel.Minimal, ThinkingLevel.Low, ThinkingLevel.Medium, ThinkingLevel.High];

    private static readonly ModelFamily Unknown = new(ThinkingControl.None, [], ["text"], false, false, false, ContextTokens: null);

    // Models for pictures, speech and live talks use the same names. They are not for this kind of chat.
    private static readonly ModelFamily Special = Unknown with { Input = ["text", "image"] };

    private static readonly ModelFamily Gemini2 = new(
        ThinkingControl.None, [], ["text", "image", "audio", "video", "pdf"], Search: true, UrlContext: false, CodeExecution: true, MillionTokens);

    private static readonly ModelFamily Gemini25 = Gemini2 with { Control = ThinkingControl.Budget, Levels = AllLevels, UrlContext = true };

    private static readonly ModelFamily Gemini3 = Gemini25 with { Control = ThinkingControl.Level };

    private static readonly ModelFamily Gemini3WithoutMinimal = Gemini3 with { Levels = AllLevels[1..] };

    /// <summary>The facts about a model.</summary>
    /// <param name="model">Its bare name.</param>
    public static ModelFamily Of(string model)
    {
        var name = model.ToLowerInvariant();
        return !name.StartsWith("gemini-", StringComparison.Ordinal) ? (name.StartsWith("gemma-", StringComparison.Ordinal) ? Special : Unknown)
            : SpecialPattern().IsMatch(name) ? Special
            : OldPattern().IsMatch(name) ? Unknown
            : name.StartsWith("gemini-2.5", StringComparison.Ordinal) ? Gemini25
            : name.StartsWith("gemini-2", StringComparison.Ordinal) ? Gemini2
            : WithoutMinimalPattern().IsMatch(name) || IsFlashWithoutMinimal(name) ? Gemini3WithoutMinimal
            : Gemini3;
    }

    /// <summary>Whether it understands files of a media type. Of a model that is not known, this is assumed.</summary>
    public bool Understands(string mediaType) =>
        this == Unknown || Input.Contains(mediaType is "application/pdf" ? "pdf" : mediaType.Split('/')[0]);

    /// <summary>The number of tokens that Gemini 2.5 may think for a level.</summary>
    /// <param name="model">Its bare name.</param>
    /// <param name="level">The level.</param>
    public static int GetBudget(string model, ThinkingLevel level)
    {
        // Pro cannot stop thinking, and thinks longer. The middle values are those of Google's own mapping of levels.
        var isPro = model.Contains("2.5-pro", StringComparison.OrdinalIgnoreCase);
        return level switch
        {
            ThinkingLevel.Minimal => isPro ? 128 : 0,
            ThinkingLevel.Low => 1024,
            ThinkingLevel.Medium => 8192,
            _ => isPro ? 32_768 : 24_576,
        };
    }

    // Flash from 3.7 on refuses the level "minimal". Flash-Lite does not.
    private static bool IsFlashWithoutMinimal(string name) => FlashPattern().Match(name) is { Success: true } match
        && (int.Parse(match.Groups["major"].ValueSpan), int.Parse(match.Groups["minor"].ValueSpan)).CompareTo((3, 7)) >= 0;

    [GeneratedRegex("-(image|tts|audio|native-audio|live|computer-use|nano-banana|embedding)(-|$)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SpecialPattern();

    [GeneratedRegex("^gemini-(1[.-]|pro$|pro-vision$|2[.]0-flash-lite|robotics-er-1)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex OldPattern();

    [GeneratedRegex("^gemini-(flash-latest|pro-latest|4-hydrogen.*|[0-9]+([.][0-9]+)?-pro(-.*)?)$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex WithoutMinimalPattern();

    [GeneratedRegex("^gemini-(?<major>[0-9]{1,4})[.](?<minor>[0-9]{1,4})-flash(-([^l].*|l[^i].*)?)?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex FlashPattern();
}
