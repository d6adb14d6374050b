using System.Collections.Concurrent;
using GeminiChat.GrainInterfaces.Models;
using GeminiChat.Grains.Users;
using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Model;

/// <summary>The models that users can choose, and which tier may use which of them. Thread-safe.</summary>
/// <param name="client">Has the default model.</param>
/// <param name="options">The offered models.</param>
/// <param name="tiers">The models of the tiers.</param>
internal sealed class ModelCatalog(IChatClient client, IOptions<ModelCatalogOptions> options, IOptions<TierOptions> tiers)
{
    // Of a client that does not say what it calls.
    private const string Unnamed = "default";

    private readonly string _default = GetServiceDefault(client);
    private readonly ConcurrentDictionary<string, ModelFamily> _families = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string> _basic = GetModels(client, options.Value, tiers.Value, Tier.Basic);
    private readonly ImmutableArray<string> _pro = GetModels(client, options.Value, tiers.Value, Tier.Pro);
    private volatile IReadOnlyDictionary<string, ModelDescription> _descriptions = new Dictionary<string, ModelDescription>(StringComparer.Ordinal);

    /// <summary>The name of a model in a call of it; null for a model without a name.</summary>
    public string? ToModelId(string model) => model == Unnamed ? null : model;

    /// <summary>Whether the default model is the same for all tiers.</summary>
    public bool HasOneDefault => GetDefault(Tier.Basic) == GetDefault(Tier.Pro);

    /// <summary>The offered models of all tiers.</summary>
    public IEnumerable<string> All => _basic.Union(_pro);

    /// <summary>Takes what the service of the models says about them, by their bare names.</summary>
    public void Update(IReadOnlyDictionary<string, ModelDescription> descriptions) => _descriptions = descriptions;

    /// <summary>The models of a tier, the default one first.</summary>
    public ImmutableArray<OfferedModel> List(Tier tier)
    {
        var first = GetDefault(tier);
        return [.. ModelsOf(tier).OrderByDescending(model => model == first).Select(model => Describe(model, isDefault: model == first))];
    }

    /// <summary>The model of replies for which none was chosen.</summary>
    public string GetDefault(Tier tier)
    {
        var models = ModelsOf(tier);
        var preferred = (tier is Tier.Pro ? options.Value.ProModel : null) ?? _default;
        return models.Contains(preferred) ? preferred : models[0];
    }

    /// <summary>Whether a tier has a model.</summary>
    public bool Has(Tier tier, string model) => ModelsOf(tier).Contains(model);

    /// <summary>The lowest tier that has a model; null when none has it.</summary>
    public Tier? FindTier(string model) => Has(Tier.Basic, model) ? Tier.Basic : Has(Tier.Pro, model) ? Tier.Pro : null;

    /// <summary>The facts about a model.</summary>
    public ModelFamily GetFamily(string model) => _families.GetOrAdd(model, ModelFamily.Of);

    /// <summary>How a model is asked to think. It is ignored for a model that does not.</summary>
    /// <param name="level">How much; null to leave it to the model.</param>
    public ReasoningOptions CreateReasoning(ThinkingLevel? level) => new()
    {
        Effort = level switch
        {
            null => null,
            ThinkingLevel.Minimal => ReasoningEffort.None,
            ThinkingLevel.Low => ReasoningEffort.Low,
            ThinkingLevel.Medium => ReasoningEffort.Medium,
            _ => ReasoningEffort.High,
        },
        Output = options.Value.Thoughts ? ReasoningOutput.Summary : ReasoningOutput.None,
    };

    private OfferedModel Describe(string model, bool isDefault)
    {
        var family = GetFamily(model);
        var known = _descriptions.GetValueOrDefault(model);
        return new OfferedModel(
            model, known?.Name ?? model, family.Input, family.Levels, family.Search, known?.InputTokens ?? family.ContextTokens, isDefault);
    }

    private ImmutableArray<string> ModelsOf(Tier tier) => tier is Tier.Pro ? _pro : _basic;

    private static ImmutableArray<string> GetModels(IChatClient client, ModelCatalogOptions options, TierOptions tiers, Tier tier)
    {
        if (ModelNames.Parse(tiers.Of(tier).Models) is [_, ..] own)
        {
            return own;
        }

        var model = GetServiceDefault(client);
        ImmutableArray<string> all = [.. new[] { model }.Concat(ModelNames.Parse(options.Models)).Append(options.ProModel ?? model).Distinct(StringComparer.Ordinal)];
        return tier is Tier.Pro || options.ProModel == model ? all : all.Remove(options.ProModel ?? "");
    }

    private static string GetServiceDefault(IChatClient client) => client.GetService<ChatClientMetadata>()?.DefaultModelId ?? Unnamed;
}

/// <summary>What the service of a model says about it.</summary>
/// <param name="Name">Its name for people.</param>
/// <param name="InputTokens">The maximum number of tokens of a prompt.</param>
internal sealed record ModelDescription(string? Name, int? InputTokens);
