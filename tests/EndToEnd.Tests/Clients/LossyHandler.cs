using System.Collections.Concurrent;

namespace GeminiChat.EndToEnd.Tests.Clients;

/// <summary>A network that can lose an answer after the service has done what was asked.</summary>
internal sealed class LossyHandler() : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly ConcurrentQueue<string> _paths = new();
    private string? _lost;

    /// <summary>Loses the answer to the next request whose path ends like this.</summary>
    public void LoseNextAnswer(string path) => _lost = path;

    /// <summary>How many requests had this path.</summary>
    public int Requests(string path) => _paths.Count(sent => sent == path);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        _paths.Enqueue(path);
        var response = await base.SendAsync(request, cancellationToken);
        if (_lost is { } lost && path.EndsWith(lost, StringComparison.Ordinal) && Interlocked.CompareExchange(ref _lost, null, lost) == lost)
        {
            response.Dispose();
            throw new HttpRequestException("The answer is lost.");
        }

        return response;
    }
}
