using GeminiChat.Gateway.Users;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>How replies are made: the members <c>model</c>, <c>thinking</c> and <c>search</c> of messages and rooms.</summary>
internal static class ReplyOptionsMapping
{
    public const string Minimal = "minimal";
    public const string Low = "low";
    public const string Medium = "medium";
    public const string High = "high";

    public const string ThinkingError = "{0} must be minimal, low, medium or high.";

    /// <summary>A level as clients know it.</summary>
    public static string ToName(ThinkingLevel level) => level switch
    {
        ThinkingLevel.Minimal => Minimal,
        ThinkingLevel.Low => Low,
        ThinkingLevel.Medium => Medium,
        ThinkingLevel.High => High,
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "Unknown level."),
    };

    /// <summary>A level as clients know it; null for null.</summary>
    public static string? ToNameOrNull(ThinkingLevel? level) => level is { } known ? ToName(known) : null;

    /// <summary>A level by its name; null for null.</summary>
    public static ThinkingLevel? ToLevel(string? name) => name switch
    {
        Minimal => ThinkingLevel.Minimal,
        Low => ThinkingLevel.Low,
        Medium => ThinkingLevel.Medium,
        High => ThinkingLevel.High,
        _ => null,
    };

    /// <summary>The options of a request; null when it has none.</summary>
    public static ReplyOptions? ToOptions(string? model, string? thinking, bool? search) =>
        model is null && thinking is null && search is null ? null : new ReplyOptions(model, ToLevel(thinking), search);

    /// <summary>The answer to a request that asks for what is not there, or what the user may not use.</summary>
    public static Problem ToProblem(OptionsRefusal refusal, TimeProvider time) => refusal switch
    {
        OptionsRefusal.ModelUnknown(var model) => ModelUnknown(model),
        OptionsRefusal.ModelOfOtherTier(var model, var tier) => ModelOfOtherTier(model, tier),
        OptionsRefusal.ThinkingUnavailable(var model, var levels) => ThinkingUnavailable(model, levels),
        OptionsRefusal.SearchUnavailable(var model) => SearchUnavailable(model),
        OptionsRefusal.FileUnsupported(var model, var type) => Problems.BadRequest($"{model} does not understand files of type {type}.", ProblemTypes.FileUnsuitable),
        OptionsRefusal.SearchLimitReached(var usage) => DailyLimit.SearchReached(usage, time),
        _ => throw new NotSupportedException(refusal.GetType().Name),
    };

    public static Problem ModelUnknown(string model) => Problems.BadRequest($"There is no model {model}. GET /models lists those that you can use.", ProblemTypes.ModelMissing);

    public static Problem ModelOfOtherTier(string model, Tier tier) =>
        new(StatusCodes.Status403Forbidden, $"{model} is a model of tier {tier}.") { Type = ProblemTypes.ModelNotAllowed, RequiredTier = tier };

    public static Problem ThinkingUnavailable(string model, ImmutableArray<ThinkingLevel> levels) => Problems.BadRequest(levels.IsEmpty
        ? $"{model} has no levels of thinking."
        : $"thinking of {model} can be {string.Join(", ", levels.Select(ToName))}.", ProblemTypes.ModelMissing);

    public static Problem SearchUnavailable(string model) => Problems.BadRequest($"{model} cannot search the web.", ProblemTypes.ModelMissing);
}
