using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Gemini over its public REST interface, streamed. Safe for concurrent use.
/// </summary>
/// <remarks>
/// One call of a method is one call of the model, without retries. A response is complete only when the model has given a finish
/// reason and the stream has ended after that. Otherwise a <see cref="ModelException"/> follows the updates so far. When the
/// caller ends the enumeration, the connection is closed. Usage and sources in an update are those of the whole response so far, so
/// the last ones are valid.
/// </remarks>
/// <param name="http">The connection pool, which this client disposes. It must not follow redirects.</param>
/// <param name="options">Valid options with a key or a project of Vertex AI.</param>
/// <param name="time">The clock of the timeouts.</param>
/// <param name="logger">Gets neither keys nor texts.</param>
/// <param name="files">Gets the files of messages to the model; null for a client without files.</param>
internal sealed partial class GeminiChatClient(
    HttpClient http, IOptions<GeminiOptions> options, TimeProvider time, ILogger<GeminiChatClient> logger, GeminiFiles? files = null)
    : IChatClient
{
    public const string KeyHeader = "x-goog-api-key";

    private const string ModelPrefix = "models/";
    private readonly GeminiOptions _options = options.Value;
    private readonly ServiceAccount? _account = options.Value.IsVertex ? ServiceAccount.From(options.Value.CredentialsFile!) : null;
    private readonly string _key = options.Value.ApiKey ?? string.Empty;
    private readonly ChatClientMetadata _metadata = new(options.Value.IsVertex ? "gcp.vertex_ai" : "gcp.gen_ai", new Uri(options.Value.Origin), options.Value.Model);
    private readonly ConcurrentDictionary<string, Uri> _requestUris = new();
    private string? _lastWarnedModel;

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            updates.Add(update);
        }

        // The library adds up the usages of updates.
        var response = updates.ToChatResponse();
        response.Usage = updates[^1].Contents.OfType<UsageContent>().FirstOrDefault()?.Details;
        return response;
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();
        var began = time.GetTimestamp();
        var model = ToBareName(options?.ModelId ?? _options.Model);
        var (response, deadline) = await SendPrompt(model, messages, options, cancellationToken);
        using var ownedDeadline = deadline;
        using var ownedResponse = response;
        using var events = new ServerSentEventReader(response.Content, deadline);
        var reply = new ReplyReader(model, _key);
        while (await events.MoveNext())
        {
            if (reply.Read(events.Current) is { } update)
            {
                yield return update;
            }

            events.IsComplete = reply.IsComplete;
        }

        var last = reply.CreateFinalUpdate();
        LogCompletion(reply, began);
        yield return last;
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    public void Dispose() => http.Dispose();

    /// <summary>The name of a model without <c>models/</c>.</summary>
    public static string ToBareName(string model) => model.StartsWith(ModelPrefix, StringComparison.Ordinal) ? model[ModelPrefix.Length..] : model;

    /// <summary>Sends a prompt with its files. If the model does not know one of them any more, it is uploaded again, once.</summary>
    private async Task<(HttpResponseMessage Response, ReplyDeadline Deadline)> SendPrompt(
        string model, IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        for (var isRepeated = false; ; isRepeated = true)
        {
            var prepared = files is null ? messages : await files.Prepare(messages, cancellationToken);
            var deadline = new ReplyDeadline(
                time, TimeSpan.FromSeconds(_options.IdleSeconds), TimeSpan.FromSeconds(_options.TotalSeconds), cancellationToken);
            try
            {
                return (await Send(model, RequestWriter.Write(prepared, options, RequestFeatures.Create(model, options, _options)), deadline), deadline);
            }
            catch (ModelException failure)
            {
                deadline.Dispose();
                if (isRepeated || !failure.IsFileUnknown || files is null || !await files.ForgetUnknown(messages, cancellationToken))
                {
                    throw;
                }
            }
        }
    }

    private async Task<HttpResponseMessage> Send(string model, byte[] body, ReplyDeadline deadline)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _requestUris.GetOrAdd(model, BuildRequestUri, _options));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        // With this header Gemini ends the call with 504, instead of writing on when nobody reads.
        request.Headers.Add("X-Server-Timeout", _options.TotalSeconds.ToString());
        try
        {
            await Authorize(request, deadline.Token);
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw await GeminiError.ReadRefusalAsync(response, _key, time, deadline.Token);
            }
        }
        catch (OperationCanceledException canceled)
        {
            throw deadline.ToException(canceled);
        }
        catch (HttpRequestException broken)
        {
            throw new ModelException(ModelFault.Unavailable, $"Gemini cannot be reached: {broken.HttpRequestError}.", inner: broken);
        }
    }

    private Task Authorize(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_account is not null)
        {
            return _account.Authorize(request, cancellationToken);
        }

        request.Headers.Add(KeyHeader, _key);
        return Task.CompletedTask;
    }

    private static Uri BuildRequestUri(string model, GeminiOptions options) =>
        new(new Uri(options.Origin), $"{options.ModelsPath}/{Uri.EscapeDataString(model)}:streamGenerateContent?alt=sse");

    private void LogCompletion(ReplyReader reply, long began)
    {
        Log.Ended(logger, reply.Model, reply.Finish, (long)time.GetElapsedTime(began).TotalMilliseconds);
        if (reply.ModelStage is "LEGACY" or "DEPRECATED" or "RETIRED"
            && Interlocked.Exchange(ref _lastWarnedModel, reply.Model) != reply.Model)
        {
            Log.ModelDeprecated(logger, reply.Model, reply.ModelStage);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Model} ended with {Reason} after {Milliseconds} ms")]
        public static partial void Ended(ILogger logger, string model, string? reason, long milliseconds);

        [LoggerMessage(LogLevel.Warning, "{Model} is {Stage}: set GEMINI_MODEL to a model that stays")]
        public static partial void ModelDeprecated(ILogger logger, string model, string stage);
    }
}
