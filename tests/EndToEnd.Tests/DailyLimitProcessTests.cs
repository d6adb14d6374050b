using System.Net;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>The day's limit, at the program as it is run.</summary>
public sealed class DailyLimitProcessTests : IAsyncLifetime
{
    private const int Limit = 100;
    private const int Rooms = 50;
    private const int OfARoom = 20;

    private readonly TemporaryFolder _folder = new();
    private FakeGemini _gemini = null!;

    public async ValueTask InitializeAsync() => _gemini = await FakeGemini.Start();

    public async ValueTask DisposeAsync()
    {
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Of_a_thousand_parallel_posts_exactly_the_daily_limit_is_accepted_and_the_count_survives_a_restart()
    {
        ChatUser user;
        string[] rooms;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(i => user.NewRoom($"room {i}")));
            var sends = await Task.WhenAll(Enumerable.Range(0, Rooms * OfARoom).Select(i => Send(user, rooms[i % Rooms])));
            Assert.Equal(Limit, sends.Count(status => status is HttpStatusCode.Accepted));
            Assert.Equal((Rooms * OfARoom) - Limit, sends.Count(status => status is HttpStatusCode.TooManyRequests));
            Assert.Equal(Limit, (await user.Get("/user/usage")).GetProperty("used").GetInt32());
            await gateway.Kill();
        }

        await using var restarted = await Start();
        var again = user.Through(restarted.Http);
        Assert.Equal(HttpStatusCode.TooManyRequests, await Send(again, rooms[0]));
        Assert.Equal(Limit, (await again.Get("/user/usage")).GetProperty("used").GetInt32());
    }

    private Task<GatewayProcess> Start() => GatewayProcess.Start(
        _folder.Path,
        ("GEMINI_API_KEY", FakeGemini.Key),
        ("GEMINI_BASE_URL", _gemini.BaseUrl),
        ("BASIC_DAILY_MESSAGES", $"{Limit}"));

    /// <summary>Posts, and looks that a refusal is that of the day's limit.</summary>
    private static async Task<HttpStatusCode> Send(ChatUser user, string room)
    {
        using var response = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "hello" });
        if (response.StatusCode is HttpStatusCode.TooManyRequests)
        {
            var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync());
            Assert.Equal((Limit, Limit), (problem.GetProperty("limit").GetInt32(), problem.GetProperty("used").GetInt32()));
            Assert.NotNull(response.Headers.RetryAfter);
        }

        return response.StatusCode;
    }
}
