using System.Net;
using GeminiChat.Played;

namespace GeminiChat.EndToEnd.Tests.Havoc;

/// <summary>The program in its folder, which is ended and started again while clients use it.</summary>
internal sealed class World(string folder, PlayedGemini gemini) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private volatile TaskCompletionSource<GatewayProcess> _up = New();

    /// <summary>How often the program was started again.</summary>
    public int Restarts { get; private set; }

    /// <summary>The program, as soon as there is one that is ready.</summary>
    public Task<GatewayProcess> Gateway => _up.Task.WaitAsync(Patience);

    public async Task Start() => _up.SetResult(await GatewayProcess.Start(
        folder,
        ("GEMINI_API_KEY", PlayedGemini.Key),
        ("GEMINI_BASE_URL", gemini.BaseUrl),
        ("BASIC_DAILY_MESSAGES", "100000")));

    /// <summary>Ends the program, by <c>kill -9</c> or SIGTERM, and starts it again.</summary>
    public async Task Restart(bool gracefully)
    {
        var old = await Gateway;
        _up = New();
        if (gracefully)
        {
            old.Terminate();
            Assert.Equal(0, await old.UntilExit());
        }
        else
        {
            await old.Kill();
        }

        Assert.DoesNotContain(" 500 ", old.Output, StringComparison.Ordinal);
        await old.DisposeAsync();

        // A played call notices a moment later that its client is gone.
        await gemini.Calls.UntilIdle();
        Restarts++;
        await Start();
    }

    /// <summary>Sends until somebody answers: connections that break and 503 say nothing about what happened.</summary>
    /// <returns>The answer. Never an error of the server's.</returns>
    public async Task<HttpResponseMessage> Send(Func<HttpClient, Task<HttpResponseMessage>> send)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            if (await TrySend(send) is { } response)
            {
                return response;
            }

            await pause.WaitForNextTickAsync(deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_up.Task.IsCompletedSuccessfully)
        {
            await (await _up.Task).DisposeAsync();
        }
    }

    /// <summary>Whether an exception says no more than that the connection is gone.</summary>
    public static bool IsBroken(Exception exception) => exception is HttpRequestException or IOException;

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
        catch (Exception broken) when (IsBroken(broken) || (broken is ObjectDisposedException or OperationCanceledException && IsGone(gateway)))
        {
            return null;
        }
    }

    private bool IsGone(GatewayProcess gateway) => !_up.Task.IsCompletedSuccessfully || _up.Task.Result != gateway;

    private static TaskCompletionSource<GatewayProcess> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
