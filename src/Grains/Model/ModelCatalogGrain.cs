using GeminiChat.GrainInterfaces.Models;
using Orleans.Concurrency;

namespace GeminiChat.Grains.Model;

/// <inheritdoc cref="IModelCatalogGrain"/>
[StatelessWorker]
internal sealed class ModelCatalogGrain(ModelCatalog catalog) : Grain, IModelCatalogGrain
{
    public Task<ImmutableArray<OfferedModel>> List(Tier tier) => Task.FromResult(catalog.List(tier));
}
