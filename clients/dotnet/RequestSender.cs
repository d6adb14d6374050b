using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace GeminiChat.Client;

/// <summary>A request. It can be sent several times.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path below the address of the service, without a slash at the start.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    private static readonly HttpRequestOptionsKey<bool> StreamsInBrowser = new("WebAssemblyEnableStreamingResponse");

    public Func<HttpContent>? Content { get; init; }

    public string? IdempotencyKey { get; init; }

    public string? LastEventId { get; init; }

    public bool IsAuthorized { get; init; } = true;

    /// <summary>A POST without a key may have been carried out although no answer came.</summary>
    public bool IsRepeatable { get; init; } = Method != HttpMethod.Post;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    public static ApiRequest Post<T>(string path, T body, JsonTypeInfo<T> type) => new(HttpMethod.Post, path) { Content = () => JsonContent.Create(body, type) };

    public ApiRequest WithKey(string key) => this with { IdempotencyKey = key, IsRepeatable = true };

    public HttpRequestMessage ToMessage(Uri service, string? token)
    {
        var message = new HttpRequestMessage(Method, new Uri(service, Path)) { Content = Content?.Invoke() };
        message.Options.Set(StreamsInBrowser, true);
        message.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        Add("Idempotency-Key", IdempotencyKey);
        Add("Last-Event-ID", LastEventId);
        return message;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }
}

/// <summary>Sends requests with the session's token, and repeats them while that can help and is safe.</summary>
internal sealed class RequestSender(HttpClient http, GeminiChatSession session, GeminiChatOptions options, TimeProvider time)
{
    private readonly Uri _service = WithSlash(http.BaseAddress ?? options.BaseAddress ?? throw new ArgumentException("The address of the service is missing.", nameof(http)));

    public GeminiChatSession Session => session;

    public TimeProvider Time => time;

    public RetryPolicy Retries { get; } = new(options, time);

    public Task<T> SendAsync<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(request, (response, end) => ReadAsync(response, type, end), cancellationToken);

    public Task SendAsync(ApiRequest request, CancellationToken cancellationToken) =>
        SendAsync(request, static (_, _) => Task.FromResult(true), cancellationToken);

    public Task<T> SendAsync<T>(ApiRequest request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        return request.IsRepeatable ? Retries.ExecuteAsync(SendOnceAsync, cancellationToken) : SendOnceAsync();

        async Task<T> SendOnceAsync()
        {
            using var timeout = new CancellationTokenSource(request.Timeout, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            try
            {
                using var response = await OpenAsync(request, end.Token).ConfigureAwait(false);
                return await read(response, end.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (RetryPolicy.IsConnectionError(error, cancellationToken))
            {
                throw new GeminiChatConnectionException(error);
            }
        }
    }

    /// <summary>Sends a request once, with another token after a 401. Returns when the headers have come.</summary>
    public async Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var token = request.IsAuthorized ? await session.GetAccessTokenAsync(ExchangeAsync, time, cancellationToken).ConfigureAwait(false) : null;
        var response = await SendAsync(token).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.Unauthorized && token is not null
            && await session.RenewAsync(token, ExchangeAsync, time, cancellationToken).ConfigureAwait(false) is { } renewed)
        {
            response.Dispose();
            response = await SendAsync(renewed).ConfigureAwait(false);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await GeminiChatException.OfAsync(response, time, cancellationToken).ConfigureAwait(false);
        }

        async Task<HttpResponseMessage> SendAsync(string? accessToken)
        {
            using var message = request.ToMessage(_service, accessToken);
            return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }

        // Not repeated on its own: the call that needs the token is.
        Task<TokenAnswer> ExchangeAsync(GeminiChatTokens tokens)
        {
            var exchange = ApiRequest.Post("auth/refresh", new RefreshBody(tokens.RefreshToken), ClientJson.Default.RefreshBody);
            return this.SendAsync(
                exchange with { IdempotencyKey = tokens.RefreshKey, IsAuthorized = false }, ClientJson.Default.TokenAnswer, cancellationToken);
        }
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        await response.Content.ReadFromJsonAsync(type, cancellationToken).ConfigureAwait(false) ?? throw new JsonException("The answer is empty.");

    private static Uri WithSlash(Uri address) =>
        address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
}
