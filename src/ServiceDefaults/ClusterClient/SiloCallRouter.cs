namespace GeminiChat.ServiceDefaults.ClusterClient;

/// <summary>Makes each call with the client of the grain's silo, if there is one, instead of the client of the cluster.</summary>
internal sealed class SiloCallRouter(SiloClients silos) : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (silos.Find(context.TargetId) is { } silo && context.Request is IRequest request)
        {
            context.Result = await silo.InvokeMethodAsync<object>((GrainReference)context.Grain, request, request.Options);
        }
        else
        {
            await context.Invoke();
        }
    }
}
