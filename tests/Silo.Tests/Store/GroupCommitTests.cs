using System.Text;
using GeminiChat.GrainInterfaces;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Postgres;
using GeminiChat.Silo.Store.Sqlite;
using GeminiChat.Silo.Store.Writing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Silo.Tests.Store;

public sealed class GroupCommitTests
{
    private const int PlacesInQueue = 10_000;

    private readonly FakeTimeProvider _time = new();
    private readonly SucceedingBatchRunner _easy = new();

    [Fact]
    public async Task Continuations_do_not_run_on_the_writer_thread()
    {
        await using var commits = NewCommits(_easy);
        Thread? continuedOn = null;

        await commits.Write(NewWrite()).ContinueWith(
            _ => continuedOn = Thread.CurrentThread, TaskContinuationOptions.ExecuteSynchronously);

        Assert.NotNull(_easy.RunThread);
        Assert.NotSame(_easy.RunThread, continuedOn);
    }

    [Fact]
    public async Task A_write_that_finds_the_queue_full_for_too_long_fails_as_unavailable()
    {
        var gate = new BlockingBatchRunner(_easy);
        await using var commits = NewCommits(gate);
        var first = commits.Write(NewWrite());
        await gate.Reached;
        var queued = Enumerable.Range(0, PlacesInQueue).Select(_ => commits.Write(NewWrite())).ToArray();

        var late = commits.Write(NewWrite());
        _time.Advance(new StoreTimeouts().Queue);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => late);
        gate.Open();
        Assert.All(await Task.WhenAll([first, .. queued]), Assert.True);
    }

    [Fact]
    public async Task A_write_that_waited_too_long_in_the_queue_is_not_tried()
    {
        var gate = new BlockingBatchRunner(_easy);
        await using var commits = NewCommits(gate);
        var first = commits.Write(NewWrite());
        await gate.Reached;
        var second = commits.Write(NewWrite());

        _time.Advance(new StoreTimeouts().Queue + TimeSpan.FromTicks(1));
        gate.Open();

        Assert.True(await first);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => second);
    }

    [Fact]
    public async Task Queued_writes_are_stored_at_shutdown()
    {
        var gate = new BlockingBatchRunner(_easy);
        var commits = NewCommits(gate);
        var first = commits.Write(NewWrite());
        await gate.Reached;
        var second = commits.Write(NewWrite());

        var end = commits.DisposeAsync();
        gate.Open();
        await end;

        Assert.True(await first);
        Assert.True(await second);
    }

    [Fact]
    public async Task Writes_still_queued_after_the_shutdown_timeout_fail_as_unavailable()
    {
        var gate = new BlockingBatchRunner(_easy);
        var commits = NewCommits(gate);
        var first = commits.Write(NewWrite());
        await gate.Reached;
        var second = commits.Write(NewWrite());

        var end = commits.DisposeAsync();
        _time.Advance(new StoreTimeouts().Drain);
        await end;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => second);
        gate.Open();
        Assert.True(await first);
    }

    [Fact]
    public async Task Writes_after_shutdown_fail_as_unavailable()
    {
        var commits = NewCommits(_easy);
        await commits.DisposeAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => commits.Write(NewWrite()));
    }

    [Theory]
    [MemberData(nameof(ExceptionsOfValues))]
    public async Task Values_that_the_driver_cannot_send_are_rejected(Exception exception)
    {
        await using var runner = new SqliteBatchRunner("Data Source=:memory:", new StoreTimeouts());
        await using var commits = NewCommits(new FailingBatchRunner(exception));

        Assert.Equal(BatchFault.InvalidStatement, runner.Classify(exception));
        Assert.Equal(BatchFault.InvalidStatement, PostgresErrors.Classify(exception));
        await Assert.ThrowsAsync<StoreRejectedException>(() => commits.Write(NewWrite()));
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(NullReferenceException))]
    public async Task After_an_unknown_fault_writes_run_one_by_one_and_can_be_retried(Type type)
    {
        var gate = new BlockingBatchRunner(new FailingBatchRunner((Exception)Activator.CreateInstance(type, "no")!));
        await using var commits = NewCommits(gate);
        var first = commits.Write(NewWrite());
        await gate.Reached;
        var others = new[] { commits.Write(NewWrite()), commits.Write(NewWrite()) };
        gate.Open();

        foreach (var write in others.Prepend(first))
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => write);
        }

        Assert.Equal([1, 2, 1, 1], gate.Batches);
    }

    public static TheoryData<Exception> ExceptionsOfValues =>
        [new EncoderFallbackException(), new FormatException(), new OverflowException(), new InvalidCastException()];

    private GroupCommit NewCommits(IBatchRunner runner) => new(runner, new StoreTimeouts(), _time, NullLogger.Instance);

    private static WriteOperation NewWrite()
    {
        var user = Guid.CreateVersion7();
        return new WriteOperation(WrittenTable.Users, user, user, [new Statement("insert", [])]);
    }
}
