using GeminiChat.Grains.Chatrooms;
using Orleans.Runtime.Placement;

namespace GeminiChat.Silo.Hosting;

/// <summary>Places all grains of a user on one silo, and other grains on a random one.</summary>
/// <remarks>
/// It is the default strategy and not an attribute of the grains. An attribute is part of what silos tell each other about their
/// grains, and a silo of the previous version could not place grains of a strategy that it does not know.
/// </remarks>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("geminichat.UserPlacement")]
internal sealed class UserPlacement : PlacementStrategy;

/// <summary>Places grains by <see cref="UserSilo"/>.</summary>
internal sealed class UserPlacementDirector(SiloShutdown shutdown) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(Place(target, context));

    private SiloAddress Place(PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
        {
            return hint;
        }

        // Others learn of the shutdown only when the running turns have ended.
        if (shutdown.Stopping.IsCancellationRequested
            && Array.FindAll(silos, silo => !silo.Equals(context.LocalSilo)) is { Length: > 0 } others)
        {
            silos = others;
        }

        return UserSilo.TryGetUser(target.GrainIdentity, out var userId)
            ? UserSilo.Choose(userId, silos)
            : silos[Random.Shared.Next(silos.Length)];
    }
}
