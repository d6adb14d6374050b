using System.Collections.Concurrent;
using System.Net;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

public sealed class SearchOnSqliteCrashTests : SearchCrashTests
{
    protected override Task<PostgresServer?> StartDatabase(string folder) => Task.FromResult<PostgresServer?>(null);
}

public sealed class SearchOnPostgresCrashTests : SearchCrashTests
{
    protected override async Task<PostgresServer?> StartDatabase(string folder)
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed.");
        return await PostgresServer.Start(folder);
    }
}

/// <summary>What was acknowledged is found, and what was deleted is not, whenever the process is killed.</summary>
public abstract class SearchCrashTests
{
    private const int Rooms = 4;
    private const int Kills = 3;
    private const int PostsBeforeKill = 12;

    private readonly ConcurrentDictionary<string, string> _acknowledged = new();
    private readonly ConcurrentDictionary<string, string> _deleted = new();

    [Fact]
    public async Task A_search_knows_each_acknowledged_message_and_no_deleted_one_under_kill_9()
    {
        using var folder = new TemporaryFolder();
        await using var gemini = await FakeGemini.Start(new FakeGeminiOptions { Conversation = request => request.FirstText });
        gemini.ReplyWith(request => Script.Words($"answer{request.LastText}"));
        await using var database = await StartDatabase(folder.Path);
        await using var gateway = await GatewayProcess.Start(folder.Path,
        [
            ("GEMINI_API_KEY", FakeGemini.Key),
            ("GEMINI_BASE_URL", gemini.BaseUrl),
            ("BASIC_DAILY_MESSAGES", "0"),
            .. database is null ? [] : new[] { ("DATABASE_URL", database.Url) },
        ]);
        var user = await ChatUser.SignIn(gateway.Http);
        for (var kill = 0; kill < Kills; kill++)
        {
            var enough = new TaskCompletionSource();
            var posted = _acknowledged.Count;
            var writers = Enumerable.Range(0, Rooms).Select(_ => Write(user, () =>
            {
                if (_acknowledged.Count >= posted + PostsBeforeKill)
                {
                    enough.TrySetResult();
                }
            })).ToList();
            await enough.Task.WaitAsync(Deadline.Timeout);
            await gateway.Kill();
            await Task.WhenAll(writers);
            await gemini.Calls.WaitUntilIdle();
            await gateway.Restart();
            await CheckAll(user);
        }

        Assert.NotEmpty(_deleted);
        await CheckReplies(user);
    }

    protected abstract Task<PostgresServer?> StartDatabase(string folder);

    // Until the process is killed: posts to rooms, and deletes each third room.
    private async Task Write(ChatUser user, Action onAcknowledged)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                var room = await user.NewRoom();
                var word = $"word{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
                await user.Post(room, word);
                _acknowledged[word] = room;
                onAcknowledged();
                Assert.Contains(word, await Find(user, word));
                if (i % 3 == 0)
                {
                    await Delete(user, room, word);
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            // The process was killed.
        }
    }

    // While the deletion is on its way, the message may be found or not.
    private async Task Delete(ChatUser user, string room, string word)
    {
        _acknowledged.TryRemove(word, out _);
        using var answer = await user.Send(HttpMethod.Delete, $"/chatroom/{room}");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        _deleted[word] = room;
        Assert.Empty(await Find(user, word));
    }

    private async Task CheckAll(ChatUser user)
    {
        foreach (var word in _acknowledged.Keys)
        {
            Assert.Contains(word, await Find(user, word));
        }

        foreach (var word in _deleted.Keys)
        {
            Assert.Empty(await Find(user, word));
        }
    }

    private async Task CheckReplies(ChatUser user)
    {
        foreach (var (word, room) in _acknowledged)
        {
            await user.WaitForReply(room, 2);
            Assert.Contains($"answer{word}", await Find(user, $"answer{word}"));
        }
    }

    private static async Task<IReadOnlyList<string>> Find(ChatUser user, string word) =>
        [.. (await user.Get($"/search?q={word}")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("snippet").GetString()!)];
}
