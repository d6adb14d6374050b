using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>Why a reply cannot be made, or a room cannot be set, as a request asks. Nothing was stored.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.OptionsRefusal")]
public abstract record OptionsRefusal
{
    private OptionsRefusal() { }

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>No model with this id is offered.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.OptionsRefusal.ModelUnknown")]
    public sealed record ModelUnknown([property: Id(0)] string Model) : OptionsRefusal;

    /// <summary>The user's tier does not have the model.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Tier">A tier that has it.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.OptionsRefusal.ModelOfOtherTier")]
    public sealed record ModelOfOtherTier([property: Id(0)] string Model, [property: Id(1)] Tier Tier) : OptionsRefusal;

    /// <summary>The model does not have this level of thinking.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Levels">The levels that it has, from the lowest; empty for none.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.OptionsRefusal.ThinkingUnavailable")]
    public sealed record ThinkingUnavailable(
        [property: Id(0)] string Model, [property: Id(1)] ImmutableArray<ThinkingLevel> Levels) : OptionsRefusal;

    /// <summary>The model cannot search the web.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.OptionsRefusal.SearchUnavailable")]
    public sealed record SearchUnavailable([property: Id(0)] string Model) : OptionsRefusal;

    /// <summary>The model does not understand files of this type.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.OptionsRefusal.FileUnsupported")]
    public sealed record FileUnsupported([property: Id(0)] string Model, [property: Id(1)] string MediaType) : OptionsRefusal;

    /// <summary>The model has made as many web searches for the user today as the tier allows.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.OptionsRefusal.SearchLimitReached")]
    public sealed record SearchLimitReached([property: Id(0)] DailyUsage Usage) : OptionsRefusal;
}

/// <summary>A change of a room's defaults. What is null stays.</summary>
/// <param name="Model">The id of the model; empty for none.</param>
/// <param name="Thinking">How much the model thinks.</param>
/// <param name="RemovesThinking">Whether to remove the level of thinking.</param>
/// <param name="Search">Whether the model may search the web.</param>
[GenerateSerializer, Immutable, Alias("geminichat.ReplyOptionsPatch")]
public sealed record ReplyOptionsPatch(
    [property: Id(0)] string? Model = null,
    [property: Id(1)] ThinkingLevel? Thinking = null,
    [property: Id(2)] bool RemovesThinking = false,
    [property: Id(3)] bool? Search = null)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(ReplyOptionsPatch);

    /// <summary>What the change asks for, to be checked.</summary>
    public ReplyOptions ToAsked() => new(string.IsNullOrEmpty(Model) ? null : Model, Thinking, Search);

    /// <summary>The defaults after the change; null for none.</summary>
    public ReplyOptions? ApplyTo(ReplyOptions? options)
    {
        var changed = new ReplyOptions(
            Model is null ? options?.Model : Model is "" ? null : Model,
            Thinking ?? (RemovesThinking ? null : options?.Thinking),
            Search ?? options?.Search);
        return changed == new ReplyOptions() ? null : changed;
    }
}
