using System.Net;
using System.Text.Json;
using GeminiChat.Played;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What is given back to a day of three messages, at the program as it is run, and after kill -9.</summary>
public sealed class RefundTests : IAsyncLifetime
{
    private const int Limit = 3;

    private readonly TemporaryFolder _folder = new();
    private PlayedGemini _gemini = null!;

    public async ValueTask InitializeAsync() => _gemini = await PlayedGemini.Start();

    public async ValueTask DisposeAsync()
    {
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_refused_prompt_and_a_withheld_answer_count()
    {
        await using var gateway = await Start();
        foreach (var refusal in new[] { Script.Blocked(), Script.Withheld() })
        {
            _gemini.Always(refusal);
            var before = _gemini.Calls.Total;
            var user = await ChatUser.SignIn(gateway.Http);
            var room = await user.NewRoom();
            for (var i = 1; i <= Limit; i++)
            {
                await user.Post(room, "refused");
                Assert.Equal("failed", (await user.Ended(room, 2 * i)).Status());
            }

            Assert.Equal((Limit, 0), await Usage(user));
            var problem = await Refused(user, room);
            Assert.Contains("the 3 messages a day of Basic", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Equal(Limit, _gemini.Calls.Total - before);
        }
    }

    [Fact]
    public async Task Stops_in_the_queue_are_given_back_as_often_as_the_limit()
    {
        _gemini.Always(Script.Silence());
        ChatUser user;
        string room;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            room = await user.NewRoom();
            await user.Post(room, "runs");
            await _gemini.Calls.UntilRunning(1);
            for (var i = 2; i <= 2 * Limit; i++)
            {
                await user.Post(room, "stopped", $"key-{i}");
                Assert.Equal(HttpStatusCode.OK, (await user.Send(HttpMethod.Post, $"/chatroom/{room}/message/{2 * i}/stop")).StatusCode);
            }

            await Refused(user, room);
            await gateway.Kill();
        }

        await using var restarted = await Start();
        var again = user.At(restarted.Http);
        Assert.Equal((Limit, 0), await Usage(again));
        Assert.Equal(4, (await again.Post(room, "stopped", "key-2")).GetProperty("reply").Id());
        await Refused(again, room);
    }

    [Fact]
    public async Task Five_times_the_limit_is_stored_whatever_becomes_of_it()
    {
        _gemini.Always(Script.InvalidKey());
        ChatUser user;
        string room;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            room = await user.NewRoom();
            for (var i = 1; i <= 5 * Limit; i++)
            {
                await user.Post(room, "fails", $"key-{i}");
                Assert.Equal("failed", (await user.Ended(room, 2 * i)).Status());
            }

            await gateway.Kill();
        }

        await using var restarted = await Start();
        var again = user.At(restarted.Http);
        Assert.Equal((0, 0), await Usage(again));
        Assert.Equal(2, (await again.Post(room, "fails", "key-1")).GetProperty("reply").Id());
        var problem = await Refused(again, room);
        Assert.Contains("You have sent 15 messages today", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal((Limit, 0), (problem.GetProperty("limit").GetInt32(), problem.GetProperty("used").GetInt32()));
        var now = TimeProvider.System.GetUtcNow();
        Assert.InRange(problem.GetProperty("resets_at").GetDateTimeOffset(), now, now.AddDays(1));
    }

    private Task<GatewayProcess> Start() => GatewayProcess.Start(
        _folder.Path,
        ("GEMINI_API_KEY", PlayedGemini.Key),
        ("GEMINI_BASE_URL", _gemini.BaseUrl),
        ("BASIC_DAILY_MESSAGES", $"{Limit}"));

    private static async Task<(int Used, int Remaining)> Usage(ChatUser user)
    {
        var usage = await user.Get("/user/usage");
        return (usage.GetProperty("used").GetInt32(), usage.GetProperty("remaining").GetInt32());
    }

    private static async Task<JsonElement> Refused(ChatUser user, string room)
    {
        using var response = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "one more" });
        Assert.NotNull(response.Headers.RetryAfter);
        return await ChatUser.Json(response, HttpStatusCode.TooManyRequests);
    }
}
