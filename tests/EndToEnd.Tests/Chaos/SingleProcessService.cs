using GeminiChat.Fakes;
using GeminiChat.Running.Chaos;

namespace GeminiChat.EndToEnd.Tests.Chaos;

/// <summary>The program in its folder, which is ended and started again while clients use it.</summary>
internal sealed class SingleProcessService(string folder, FakeGemini gemini) : ServiceUnderTest, IAsyncDisposable
{
    private volatile TaskCompletionSource<GatewayProcess> _up = New();

    /// <summary>How often the program was started again.</summary>
    public int Restarts { get; private set; }

    public override Task<GatewayProcess> Gateway => _up.Task.WaitAsync(RetryTimeout);

    public async Task Start() => _up.SetResult(await GatewayProcess.Start(
        folder,
        ("GEMINI_API_KEY", FakeGemini.Key),
        ("GEMINI_BASE_URL", gemini.BaseUrl),
        ("BASIC_DAILY_MESSAGES", "100000")));

    /// <summary>Ends the program, by <c>kill -9</c> or SIGTERM, and starts it again.</summary>
    public async Task Restart(bool gracefully)
    {
        var old = await Gateway;
        _up = New();
        if (gracefully)
        {
            Assert.Equal(0, await old.Stop());
        }
        else
        {
            await old.Kill();
        }

        Assert.DoesNotContain(" 500 ", old.Output, StringComparison.Ordinal);
        await old.DisposeAsync();

        // A fake call notices a moment later that its client is gone.
        await gemini.Calls.WaitUntilIdle();
        Restarts++;
        await Start();
    }

    public async ValueTask DisposeAsync()
    {
        if (_up.Task.IsCompletedSuccessfully)
        {
            await (await _up.Task).DisposeAsync();
        }
    }

    protected override bool IsStopped(GatewayProcess gateway) => !_up.Task.IsCompletedSuccessfully || _up.Task.Result != gateway;

    private static TaskCompletionSource<GatewayProcess> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
