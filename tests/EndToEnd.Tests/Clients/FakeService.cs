using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace GeminiChat.EndToEnd.Tests.Clients;

/// <summary>A service that gives the answers that it was told, one for each request.</summary>
internal sealed class FakeService : HttpMessageHandler
{
    private readonly ConcurrentQueue<Func<HttpResponseMessage>> _answers = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private Func<HttpResponseMessage>? _always;

    /// <summary>Method, path and <c>Last-Event-ID</c> of each request.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public void Answer(string body) => Answer(new StringContent(body));

    public void AnswerAlways(string body) => _always = () => new HttpResponseMessage { Content = new StringContent(body) };

    public void Answer(HttpContent body, HttpStatusCode status = HttpStatusCode.OK, int? retryAfter = null) => _answers.Enqueue(() =>
    {
        var response = new HttpResponseMessage(status) { Content = body };
        response.Headers.RetryAfter = retryAfter is { } seconds ? new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds)) : null;
        return response;
    });

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var last = request.Headers.TryGetValues("Last-Event-ID", out var ids) ? string.Concat(ids) : "";
        _requests.Enqueue($"{request.Method} {request.RequestUri!.AbsolutePath} {last}");
        return Task.FromResult((_answers.TryDequeue(out var next) ? next : _always)!());
    }
}
