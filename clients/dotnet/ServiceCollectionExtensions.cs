using GeminiChat.Client;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

public static class GeminiChatServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="GeminiChatClient"/>. Each scope has its own <see cref="GeminiChatSession"/>, unless the program adds another
    /// registration: an app with one user adds a singleton.
    /// </summary>
    public static IHttpClientBuilder AddGeminiChatClient(this IServiceCollection services, Action<GeminiChatOptions> configure)
    {
        services.Configure(configure);
        services.TryAddScoped(static _ => new GeminiChatSession());
        return services.AddHttpClient<GeminiChatClient>(static (provider, http) =>
        {
            http.BaseAddress = provider.GetRequiredService<IOptions<GeminiChatOptions>>().Value.BaseAddress;
            http.Timeout = Timeout.InfiniteTimeSpan;
        });
    }
}
