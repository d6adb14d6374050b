using System.IO.Compression;
using System.Text.Json;
using GeminiChat.Fakes;
using Microsoft.Data.Sqlite;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>The export of an account that is much larger than the memory of the process.</summary>
public sealed class AccountExportTests : IAsyncLifetime
{
    // 128 MB. The texts of all rooms have 320 MB in memory, and 160 MB in the ZIP before it is compressed.
    private const string HeapLimit = "8000000";
    private const int Rooms = 40;
    private const int Messages = 100;
    private const int TextLength = 40_000;

    private readonly TemporaryFolder _folder = new();
    private FakeGemini _gemini = null!;
    private GatewayProcess _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _gemini = await FakeGemini.Start();
        _gateway = await GatewayProcess.Start(
            _folder.Path, ("GEMINI_API_KEY", FakeGemini.Key), ("GEMINI_BASE_URL", _gemini.BaseUrl), ("DOTNET_GCHeapHardLimit", HeapLimit));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_account_larger_than_the_memory_is_exported()
    {
        var user = await ChatUser.SignIn(_gateway.Http);
        await Task.WhenAll(Enumerable.Range(0, Rooms).Select(i => user.NewRoom($"room {i}")));
        _gateway.Terminate();
        Assert.Equal(0, await _gateway.WaitForExit());
        await Fill();
        await _gateway.Restart();

        var file = Path.Combine(_folder.Path, "export.zip");
        using (var answer = await user.Open(HttpMethod.Get, "/user/me/export", body: null, headers: []))
        {
            await using var target = File.Create(file);
            await answer.Content.CopyToAsync(target);
        }

        await using var zip = await ZipFile.OpenReadAsync(file);
        var rooms = zip.Entries.Where(entry => entry.FullName.StartsWith("rooms/", StringComparison.Ordinal)).ToList();
        Assert.Equal(Rooms, rooms.Count);
        foreach (var room in rooms)
        {
            await using var entry = await room.OpenAsync();
            using var exported = await JsonDocument.ParseAsync(entry);
            var messages = exported.RootElement.GetProperty("messages").EnumerateArray().ToList();
            Assert.Equal(Enumerable.Range(1, Messages).Select(id => (long)id), messages.Select(message => message.Id()));
            Assert.All(messages, message => Assert.Equal(TextLength, message.Content().Length));
        }
    }

    /// <summary>Writes the messages past the program, because the model would take too long.</summary>
    private async Task Fill()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "data", "geminichat.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            with recursive ids (id) as (select 1 union all select id + 1 from ids where id < @messages)
            insert into messages (room_id, id, sender, content, created_at, status, reply_to, attempt, touched_at)
            select room_id, id, (id + 1) % 2, hex(randomblob(@length / 2)), created_at, 2, case when id % 2 = 0 then id - 1 end, 1, created_at
            from ids, rooms;
            update rooms set next_id = @messages + 1;
            """;
        command.Parameters.AddWithValue("@messages", Messages);
        command.Parameters.AddWithValue("@length", TextLength);
        await command.ExecuteNonQueryAsync();
    }
}
