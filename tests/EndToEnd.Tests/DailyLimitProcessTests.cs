using System.Net;
using System.Text.Json;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>The day's limit, at the program as it is run.</summary>
[Collection<SharedLimitedGateway>]
public sealed class DailyLimitProcessTests(LimitedGateway limited) : GatewayTests(limited)
{
    private const int Limit = LimitedGateway.Limit;

    private static readonly int Rooms = TestLength.Of(20, 50);
    private static readonly int PostsOfARoom = TestLength.Of(10, 20);

    [Fact]
    public async Task Of_many_parallel_posts_exactly_the_daily_limit_is_accepted()
    {
        var user = await ChatUser.SignIn(Gateway.Http);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(i => user.NewRoom($"room {i}")));
        var sends = await Task.WhenAll(Enumerable.Range(0, Rooms * PostsOfARoom).Select(i => Send(user, rooms[i % Rooms])));
        Assert.Equal(Limit, sends.Count(status => status is HttpStatusCode.Accepted));
        Assert.Equal((Rooms * PostsOfARoom) - Limit, sends.Count(status => status is HttpStatusCode.TooManyRequests));
        Assert.Equal(Limit, (await user.Get("/user/usage")).GetProperty("used").GetInt32());
    }

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
