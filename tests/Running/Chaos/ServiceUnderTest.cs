using System.Net;

namespace GeminiChat.Running.Chaos;

/// <summary>What clients use, while its processes are ended and started again.</summary>
public abstract class ServiceUnderTest
{
    protected static readonly TimeSpan RetryTimeout = TimeSpan.FromSeconds(90);

    private int _unanswered;

    /// <summary>How often nobody answered: the connection broke, or it was 503.</summary>
    public int FailedSends => Volatile.Read(ref _unanswered);

    /// <summary>A gateway, as soon as there is one that is ready.</summary>
    public abstract Task<GatewayProcess> Gateway { get; }

    /// <summary>Sends until somebody answers: connections that break and 503 say nothing about what happened.</summary>
    /// <returns>The answer. Never an error of the server's.</returns>
    public async Task<HttpResponseMessage> SendWithRetries(Func<HttpClient, Task<HttpResponseMessage>> send)
    {
        using var deadline = new CancellationTokenSource(RetryTimeout);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            if (await TrySend(send) is { } response)
            {
                return response;
            }

            Interlocked.Increment(ref _unanswered);
            await pause.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>Whether an exception says no more than that the connection is gone.</summary>
    public static bool IsConnectionError(Exception exception) => exception is HttpRequestException or IOException;

    /// <summary>Whether a gateway was ended since it was given.</summary>
    protected abstract bool IsStopped(GatewayProcess gateway);

    private async Task<HttpResponseMessage?> TrySend(Func<HttpClient, Task<HttpResponseMessage>> send)
    {
        var gateway = await Gateway;
        try
        {
            var response = await send(gateway.Http);
            if (response.StatusCode is not HttpStatusCode.ServiceUnavailable)
            {
                Assert.True((int)response.StatusCode < 500, $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri} gave {response.StatusCode}");
                return response;
            }

            Assert.NotNull(response.Headers.RetryAfter);
            response.Dispose();
            return null;
        }
        catch (Exception broken) when (IsConnectionError(broken) || (broken is ObjectDisposedException or OperationCanceledException && IsStopped(gateway)))
        {
            return null;
        }
    }
}
