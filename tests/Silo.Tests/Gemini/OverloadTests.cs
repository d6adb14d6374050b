using GeminiChat.Grains.Model;
using GeminiChat.Played;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>A reply that meets an overload, by a clock of the test's.</summary>
public sealed class OverloadTests
{
    private readonly SignallingTime _time = new();

    [Fact]
    public async Task A_reply_outlasts_a_pause_as_long_as_its_window_and_has_its_window_after_it()
    {
        var refusal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await GeminiPair.Start(Script.Words("well again"), _time);
        pair.Played.Next(
            new Script(_ => refusal.Task).Then(Script.Overloaded().WithHeader("Retry-After", "60")),
            Script.Overloaded());
        var options = Options.Create(new ModelOptions());
        using var gate = new ModelGate(options, _time);
        var caller = new ModelCaller(pair.Client, gate, options, _time, NullLogger<ModelCaller>.Instance);
        var reader = new Reader(_time);

        var asking = caller.Ask(
            new ModelPrompt([], new ChatMessage(ChatRole.User, "why"), new ChatOptions()),
            reader,
            TestContext.Current.CancellationToken,
            TestContext.Current.CancellationToken);
        await pair.Played.Calls.UntilBegun(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        var pause = reader.NextWait();
        refusal.SetResult();
        await Either(asking, pause);
        var backoff = reader.NextWait();
        _time.Advance(TimeSpan.FromSeconds(60));
        await Either(asking, backoff);
        _time.Advance(TimeSpan.FromSeconds(5));
        await asking.WaitAsync(CallLog.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(("well again", 3), (reader.Text, pair.Played.Calls.Total));
    }

    private static async Task Either(Task asking, Task wait)
    {
        var first = await Task.WhenAny(asking, wait).WaitAsync(CallLog.Patience, TestContext.Current.CancellationToken);
        await first;
        Assert.False(asking.IsCompleted);
    }

    /// <summary>Reads an answer, and tells when the wait for another call has begun.</summary>
    private sealed class Reader(SignallingTime time) : IAnswerReader
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

        public void Calling()
        {
        }

        public void Waiting() => time.NextTimer = _waits.Dequeue();

        public bool Read(ChatResponseUpdate update)
        {
            Text += update.Text;
            return true;
        }
    }

    /// <summary>A clock that tells when somebody waits by it.</summary>
    private sealed class SignallingTime : FakeTimeProvider
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
