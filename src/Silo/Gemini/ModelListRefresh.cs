using System.Text.Json;
using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Asks Gemini for its list of models at the start and then daily: it has the names and the limits of the models. Without the
/// list, the service works with what it knows about their names.
/// </summary>
/// <remarks>Vertex AI has no such list.</remarks>
internal sealed partial class ModelListRefresh(
    ModelCatalog catalog, IOptions<GeminiOptions> options, TimeProvider time, ILogger<ModelListRefresh> logger) : BackgroundService
{
    private const int MaxPages = 5;
    private const int MaxPageBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var retryDelay = FirstRetryDelay;
        while (options.Value.HasKey && !stoppingToken.IsCancellationRequested)
        {
            var isRead = await Refresh(stoppingToken);
            await Task.Delay(isRead ? Interval : retryDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // A proxy may not know the list at all.
            retryDelay = isRead ? FirstRetryDelay : TimeSpan.FromTicks(Math.Min(2 * retryDelay.Ticks, Interval.Ticks));
        }
    }

    /// <summary>Reads the list once.</summary>
    /// <returns>Whether it could be read.</returns>
    internal async Task<bool> Refresh(CancellationToken cancellationToken)
    {
        try
        {
            using var deadline = new CancellationTokenSource(Timeout, time);
            using var canceled = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            var models = await Read(canceled.Token);
            catalog.Update(models);
            foreach (var model in catalog.All.Where(model => !models.ContainsKey(model)))
            {
                Log.NotListed(logger, model);
            }

            return true;
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or IOException or InvalidDataException or OperationCanceledException)
        {
            // The message of a failure can quote the address, which does not contain the key.
            if (!cancellationToken.IsCancellationRequested)
            {
                Log.Failed(logger, failure.Message);
            }

            return false;
        }
    }

    private async Task<Dictionary<string, ModelDescription>> Read(CancellationToken cancellationToken)
    {
        using var http = GeminiHosting.CreateHttpClient(options.Value.Origin);
        http.MaxResponseContentBufferSize = MaxPageBytes;
        http.DefaultRequestHeaders.Add(GeminiChatClient.KeyHeader, options.Value.ApiKey);
        var models = new Dictionary<string, ModelDescription>(StringComparer.Ordinal);
        string? next = null;
        for (var page = 0; page < MaxPages && (page == 0 || !string.IsNullOrEmpty(next)); page++)
        {
            var path = $"{options.Value.ModelsPath}?pageSize=1000{(next is null ? "" : $"&pageToken={Uri.EscapeDataString(next)}")}";
            using var response = await http.GetAsync(new Uri(new Uri(options.Value.Origin), path), cancellationToken);
            response.EnsureSuccessStatusCode();
            var list = await response.Content.ReadFromJsonAsync(GeminiJson.Default.ModelListPage, cancellationToken);
            foreach (var model in list?.Models ?? [])
            {
                if (ModelName.Sanitize(model.Name) is { } name)
                {
                    models[GeminiChatClient.ToBareName(name)] = new ModelDescription(ModelName.Sanitize(model.DisplayName), model.InputTokenLimit);
                }
            }

            next = list?.NextPageToken;
        }

        return models;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Gemini's list of models cannot be read; it is asked again later: {Failure}")]
        public static partial void Failed(ILogger logger, string failure);

        [LoggerMessage(LogLevel.Warning, "{Model} is offered to users, but is not in Gemini's list of models")]
        public static partial void NotListed(ILogger logger, string model);
    }
}
