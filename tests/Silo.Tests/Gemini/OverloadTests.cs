using GeminiChat.Grains.Model;
using GeminiChat.Fakes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>A reply that meets an overload, by a clock of the test's.</summary>
public sealed class OverloadTests
{
    private readonly TimerSignallingTimeProvider _time = new();

    [Fact]
    public async Task A_reply_survives_a_retry_delay_as_long_as_its_window_and_has_a_full_window_afterwards()
    {
        var refusal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await GeminiTestHarness.Start(Script.Words("well again"), _time);
        pair.Fake.EnqueueReplies(
            new Script(_ => refusal.Task).Then(Script.Overloaded().WithHeader("Retry-After", "60")),
            Script.Overloaded());
        var options = Options.Create(new ModelOptions());
        using var gate = new ModelCircuitBreaker(options, _time);
        var caller = new ModelClient(pair.Client, gate, options, _time, NullLogger<ModelClient>.Instance);
        var reader = new WaitSignallingReader(_time);

        var asking = caller.StreamResponse(
            new ModelPrompt([], new ChatMessage(ChatRole.User, "why"), new ChatOptions()),
            reader,
            TestContext.Current.CancellationToken,
            TestContext.Current.CancellationToken);
        await pair.Fake.Calls.WaitForCalls(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        var pause = reader.NextWait();
        refusal.SetResult();
        await Either(asking, pause);
        var backoff = reader.NextWait();
        _time.Advance(TimeSpan.FromSeconds(60));
        await Either(asking, backoff);
        _time.Advance(TimeSpan.FromSeconds(5));
        await asking.WaitAsync(GeminiCallLog.DefaultTimeout, TestContext.Current.CancellationToken);

        Assert.Equal(("well again", 3), (reader.Text, pair.Fake.Calls.Total));
    }

    private static async Task Either(Task asking, Task wait)
    {
        var first = await Task.WhenAny(asking, wait).WaitAsync(GeminiCallLog.DefaultTimeout, TestContext.Current.CancellationToken);
        await first;
        Assert.False(asking.IsCompleted);
    }

    /// <summary>Reads an answer, and tells when the wait for another call has begun.</summary>
    private sealed class WaitSignallingReader(TimerSignallingTimeProvider time) : IModelResponseHandler
    {
        private readonly Queue<TaskCompletionSource> _waits = new();

        public string Text { get; private set; } = "";

        public bool HasText => Text.Length > 0;

        public bool IsEmpty => !HasText;

        public Task NextWait()
        {
            var wait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Enqueue(wait);
            return wait.Task;
        }

        public void OnCallStarting()
        {
        }

        public void OnRetrying() => time.NextTimer = _waits.Dequeue();

        public bool Read(ChatResponseUpdate update)
        {
            Text += update.Text;
            return true;
        }
    }

    /// <summary>A clock that tells when somebody waits by it.</summary>
    private sealed class TimerSignallingTimeProvider : FakeTimeProvider
    {
        public TaskCompletionSource? NextTimer { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            NextTimer?.TrySetResult();
            return timer;
        }
    }
}
