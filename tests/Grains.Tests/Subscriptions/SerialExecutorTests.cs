using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Grains.Tests.Subscriptions;

public sealed class SerialExecutorTests
{
    [Fact]
    public async Task Queued_work_starts_after_the_previous_work_has_completed_or_failed()
    {
        var serial = new SerialExecutor();
        var steps = new List<string>();
        var first = new TaskCompletionSource<int>();
        var failing = serial.Run(() => Step("first", first.Task));
        var second = serial.Run(() => Step("second", Task.FromResult(2)));
        Assert.Equal(["first"], steps);

        first.SetException(new InvalidOperationException("as the test wishes"));

        Assert.Equal(2, await second);
        Assert.Equal(["first", "second"], steps);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);

        Task<int> Step(string name, Task<int> outcome)
        {
            steps.Add(name);
            return outcome;
        }
    }
}
