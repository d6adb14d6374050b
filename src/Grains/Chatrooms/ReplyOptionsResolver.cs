using GeminiChat.Grains.Model;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Decides how a reply is made, from what its request asks for and from the room's defaults. A request that asks for something
/// that does not exist, or that the user's tier does not have, is refused. A default of the room is then left out.
/// </summary>
internal sealed class ReplyOptionsResolver(ModelCatalog catalog, IUserGrain user)
{
    /// <summary>Decides how a reply is made. The result is what is stored with it.</summary>
    /// <param name="asked">What the request asks for; null for nothing.</param>
    /// <param name="defaults">The room's defaults; null for none.</param>
    public async ValueTask<ResolvedOptions> Resolve(ReplyOptions? asked, ReplyOptions? defaults)
    {
        var (model, thinking, search) =
            (asked?.Model ?? defaults?.Model, asked?.Thinking ?? defaults?.Thinking, asked?.Search ?? defaults?.Search ?? false);
        var usage = DependsOnUser(model, thinking, search) ? await user.GetUsage() : null;
        var tier = usage?.Tier ?? Tier.Basic;
        if (model is not null && !catalog.Has(tier, model))
        {
            if (asked?.Model is not null)
            {
                return new(null, catalog.FindTier(model) is { } other
                    ? new OptionsRefusal.ModelOfOtherTier(model, other)
                    : new OptionsRefusal.ModelUnknown(model));
            }

            model = null;
        }

        var effective = model ?? catalog.GetDefault(tier);
        var family = catalog.GetFamily(effective);
        if (thinking is { } level && !family.Levels.Contains(level))
        {
            if (asked?.Thinking is not null)
            {
                return new(null, new OptionsRefusal.ThinkingUnavailable(effective, family.Levels));
            }

            thinking = null;
        }

        if (search && (!family.Search || usage?.IsSearchLimitReached() is true))
        {
            if (asked?.Search is true)
            {
                return new(null, family.Search ? new OptionsRefusal.SearchLimitReached(usage!) : new OptionsRefusal.SearchUnavailable(effective));
            }

            search = false;
        }

        var options = new ReplyOptions(model, thinking, search ? true : null);
        return new(options == new ReplyOptions() ? null : options, Refusal: null);
    }

    /// <summary>Checks the defaults of a room. Whether searches are left today does not matter for them.</summary>
    public async ValueTask<OptionsRefusal?> FindRefusal(ReplyOptions? asked, ReplyOptions? defaults) =>
        asked is null || (await Resolve(asked, defaults)).Refusal is not { } refusal || refusal is OptionsRefusal.SearchLimitReached ? null : refusal;

    /// <summary>
    /// Checks the files of a question. A default model that depends on the tier is chosen later; then a note takes the place of a file.
    /// </summary>
    /// <param name="decided">What was decided for the reply.</param>
    /// <param name="files">The files; default for none.</param>
    public OptionsRefusal? FindRefusal(ReplyOptions? decided, ImmutableArray<Attachment> files)
    {
        var model = decided?.Model ?? (catalog.HasOneDefault ? catalog.GetDefault(Tier.Basic) : null);
        return model is not null && !files.IsDefault && files.FirstOrDefault(file => !catalog.GetFamily(model).Understands(file.MediaType)) is { } file
            ? new OptionsRefusal.FileUnsupported(model, file.MediaType)
            : null;
    }

    // Most requests do not depend on the tier, so they need no call of the user's grain.
    private bool DependsOnUser(string? model, ThinkingLevel? thinking, bool search) => search
        || (model is not null ? !catalog.Has(Tier.Basic, model) || !catalog.Has(Tier.Pro, model)
            : thinking is not null && !catalog.HasOneDefault);
}

/// <summary>How a reply is made.</summary>
/// <param name="Options">What is stored with the reply; null for the service's defaults.</param>
/// <param name="Refusal">Why it is not made; null if it is.</param>
internal readonly record struct ResolvedOptions(ReplyOptions? Options, OptionsRefusal? Refusal);
