using GeminiChat.Fakes;
using Microsoft.Data.Sqlite;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Classes that share one gateway, and may end it and start it again. A start takes longer than most of their tests.</summary>
[CollectionDefinition]
public sealed class SharedGateway : ICollectionFixture<GatewayFixture>;

/// <summary>Tests of a gateway that was started before.</summary>
public abstract class GatewayTests(GatewayFixture fixture) : IAsyncLifetime
{
    private int _callsBefore;

    protected FakeGemini Gemini => fixture.Gemini;

    protected GatewayProcess Gateway => fixture.Gateway;

    /// <summary>The calls of the model since the test began.</summary>
    protected IReadOnlyList<RecordedRequest> Calls => [.. Gemini.Calls.Requests.Skip(_callsBefore)];

    public async ValueTask InitializeAsync()
    {
        // The test before may have left turns behind. They are answered when the gateway starts.
        Gemini.ReplyAlways(Script.Words("ok"));
        Gemini.Reset();
        await fixture.RestartIfStopped();
        await Gemini.Calls.WaitUntilIdle();
        _callsBefore = Gemini.Calls.Total;
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A room of a new user.</summary>
    private protected Task<ModelFaultRoom> NewRoom() => fixture.NewRoom();

    /// <summary>Changes the database of the grains' state behind the gateway's back.</summary>
    protected async Task RunOnGrainState(string sql)
    {
        var file = Assert.Single(Directory.GetFiles(fixture.Data, "*grain*.db"));
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
