using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>The parts of a request that depend on the model and on the settings. What the model does not have is not sent.</summary>
/// <param name="Thinking">How much the model thinks.</param>
/// <param name="Tools">What Gemini may do itself while it answers.</param>
/// <param name="Safety">What is withheld.</param>
internal sealed record RequestFeatures(ThinkingConfig? Thinking, IReadOnlyList<Tool>? Tools, IReadOnlyList<SafetySetting>? Safety)
{
    private const int NoThinking = 0;

    /// <summary>Chooses what the model has, of what the caller asks for and the operator allows.</summary>
    /// <param name="model">The bare name of the model.</param>
    /// <param name="options">What the caller asks for.</param>
    /// <param name="settings">What the operator allows.</param>
    public static RequestFeatures Create(string model, ChatOptions? options, GeminiOptions settings)
    {
        var family = ModelFamily.Of(model);
        return new RequestFeatures(
            CreateThinking(model, family, options?.Reasoning), CreateTools(family, options, settings), SafetySettings.Parse(settings.Safety));
    }

    private static ThinkingConfig? CreateThinking(string model, ModelFamily family, ReasoningOptions? reasoning)
    {
        var level = reasoning?.Effort is { } effort && family.Levels.Contains(ToLevel(effort)) ? ToLevel(effort) : (ThinkingLevel?)null;
        var config = family.Control switch
        {
            ThinkingControl.Level => new ThinkingConfig(IncludeThoughts: null, ThinkingBudget: null, level?.ToString().ToUpperInvariant()),
            ThinkingControl.Budget => new ThinkingConfig(
                IncludeThoughts: null, level is { } chosen ? ModelFamily.GetBudget(model, chosen) : null, ThinkingLevel: null),
            _ => null,
        };

        // A request for thoughts of a model that does not think is refused. Flash-Lite 2.5 thinks only when it is told to.
        var thinks = config is { ThinkingBudget: not NoThinking } && (level is not null || !model.Contains("2.5-flash-lite", StringComparison.Ordinal));
        config = config is not null && thinks && reasoning?.Output is ReasoningOutput.Summary or ReasoningOutput.Full
            ? config with { IncludeThoughts = true }
            : config;
        return config == new ThinkingConfig(IncludeThoughts: null, ThinkingBudget: null, ThinkingLevel: null) ? null : config;
    }

    private static ThinkingLevel ToLevel(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.None => ThinkingLevel.Minimal,
        ReasoningEffort.Low => ThinkingLevel.Low,
        ReasoningEffort.Medium => ThinkingLevel.Medium,
        _ => ThinkingLevel.High,
    };

    private static List<Tool>? CreateTools(ModelFamily family, ChatOptions? options, GeminiOptions settings)
    {
        var tools = new List<Tool>();
        if (family.Search && options?.Tools?.Any(tool => tool is HostedWebSearchTool) is true)
        {
            tools.Add(new Tool(GoogleSearch: new ToolSettings()));
        }

        if (family.UrlContext && settings.UrlContext)
        {
            tools.Add(new Tool(UrlContext: new ToolSettings()));
        }

        if (family.CodeExecution && settings.CodeExecution)
        {
            tools.Add(new Tool(CodeExecution: new ToolSettings()));
        }

        return tools.Count > 0 ? tools : null;
    }
}

/// <summary>
/// Reads the setting <c>GEMINI_SAFETY</c>: thresholds, separated by commas. A threshold alone is for all categories;
/// <c>HARASSMENT=BLOCK_NONE</c> is for one of them.
/// </summary>
internal static class SafetySettings
{
    private const string CategoryPrefix = "HARM_CATEGORY_";

    private static readonly string[] Categories = "HARASSMENT HATE_SPEECH SEXUALLY_EXPLICIT DANGEROUS_CONTENT".Split(' ');

    private static readonly string[] Thresholds = "OFF BLOCK_NONE BLOCK_ONLY_HIGH BLOCK_MEDIUM_AND_ABOVE BLOCK_LOW_AND_ABOVE".Split(' ');

    public static bool IsValid(string? setting) => Items(setting).All(item =>
        Thresholds.Contains(item.Threshold) && (item.Category is null || Categories.Contains(item.Category)));

    /// <summary>The settings to send; null for the model's own.</summary>
    public static IReadOnlyList<SafetySetting>? Parse(string? setting)
    {
        var items = Items(setting).ToList();
        var chosen = from category in Categories
                     let threshold = items.LastOrDefault(item => item.Category == category).Threshold
                         ?? items.LastOrDefault(item => item.Category is null).Threshold
                     where threshold is not null
                     select new SafetySetting(CategoryPrefix + category, threshold);
        return chosen.ToList() is [_, ..] settings ? settings : null;
    }

    private static IEnumerable<(string? Category, string Threshold)> Items(string? setting) =>
        ServiceDefaults.Settings.SettingText.List(setting).Select(item => item.Split('=', 2, StringSplitOptions.TrimEntries) is [var category, var threshold]
            ? ((string?)category, threshold)
            : (null, item));
}
