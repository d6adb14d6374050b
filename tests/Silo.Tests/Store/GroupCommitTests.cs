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
    private readonly EasyRunner _easy = new();

    [Fact]
    public async Task A_caller_does_not_continue_on_the_writers_thread()
    {
        await using var commits = NewCommits(_easy);
        Thread? continuedOn = null;

        await commits.Write(NewWrite()).ContinueWith(
            _ => continuedOn = Thread.CurrentThread, TaskContinuationOptions.ExecuteSynchronously);

        Assert.NotNull(_easy.RanOn);
        Assert.NotSame(_easy.RanOn, continuedOn);
    }

    [Fact]
    public async Task What_finds_the_queue_full_for_too_long_is_unavailable()
    {
        var gate = new GatedRunner(_easy);
        await using var commits = NewCommits(gate);
        var first = commits.Write(NewWrite());
        await gate.Reached;
        var queued = Enumerable.Range(0, PlacesInQueue).Select(_ => commits.Write(NewWrite())).ToArray();

        var late = commits.Write(NewWrite());
        _time.Advance(new StoreTimings().Queue);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => late);
        gate.Open();
        Assert.All(await Task.WhenAll([first, .. queued]), Assert.True);
    }

    [Fact]
    public async Task What_has_waited_too_long_for_its_batch_is_not_tried()
    {
        var gate = new GatedRunner(_easy);
        await using var commits = NewCommits(gate);
        var first = commits.Write(NewWrite());
        await gate.Reached;
        var second = commits.Write(NewWrite());

        _time.Advance(new StoreTimings().Queue + TimeSpan.FromTicks(1));
        gate.Open();

        Assert.True(await first);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => second);
    }

    [Fact]
    public async Task What_waits_at_the_end_is_stored()
    {
        var gate = new GatedRunner(_easy);
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
    public async Task What_still_waits_when_the_end_has_taken_too_long_is_unavailable()
    {
        var gate = new GatedRunner(_easy);
        var commits = NewCommits(gate);
        var first = commits.Write(NewWrite());
        await gate.Reached;
        var second = commits.Write(NewWrite());

        var end = commits.DisposeAsync();
        _time.Advance(new StoreTimings().Drain);
        await end;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => second);
        gate.Open();
        Assert.True(await first);
    }

    [Fact]
    public async Task After_the_end_everything_is_unavailable()
    {
        var commits = NewCommits(_easy);
        await commits.DisposeAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => commits.Write(NewWrite()));
    }

    [Theory]
    [MemberData(nameof(ExceptionsOfValues))]
    public async Task Values_that_the_driver_cannot_send_are_refused(Exception exception)
    {
        await using var runner = new SqliteBatchRunner("Data Source=:memory:", new StoreTimings());
        await using var commits = NewCommits(new BrokenRunner(exception));

        Assert.Equal(BatchFault.Statement, runner.Judge(exception));
        Assert.Equal(BatchFault.Statement, PostgresErrors.Judge(exception));
        await Assert.ThrowsAsync<StoreRejectedException>(() => commits.Write(NewWrite()));
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(NullReferenceException))]
    public async Task Whose_fault_is_unknown_is_run_alone_and_may_be_tried_again(Type type)
    {
        var gate = new GatedRunner(new BrokenRunner((Exception)Activator.CreateInstance(type, "no")!));
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

    private GroupCommit NewCommits(IBatchRunner runner) => new(runner, new StoreTimings(), _time, NullLogger.Instance);

    private static WriteOperation NewWrite()
    {
        var user = Guid.CreateVersion7();
        return new WriteOperation(WrittenTable.Users, user, user, [new Statement("insert", [])]);
    }
}
