using System.Net;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A send is repeated with its key as often as a client likes: it is one turn, one call and one of the day's messages.</summary>
public sealed class IdempotencyTests : IAsyncLifetime
{
    private const int Open = 21;

    private readonly TemporaryFolder _folder = new();
    private readonly ControlledReply _hold = new();
    private FakeGemini _gemini = null!;

    public async ValueTask InitializeAsync()
    {
        _gemini = await FakeGemini.Start();
        _gemini.EnqueueReplies(_hold.Script);
    }

    public async ValueTask DisposeAsync()
    {
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_is_never_refused_by_a_limit_not_even_after_kill_9()
    {
        await UtcDay.WaitForTimeLeft();
        ChatUser user;
        string room;
        long[] replies;
        await using (var gateway = await Start(dailyMessages: Open + 1))
        {
            user = await ChatUser.SignIn(gateway.Http);
            room = await user.NewRoom();
            replies = await Task.WhenAll(Enumerable.Range(0, Open).Select(i => Post(user, room, i)));
            Assert.Equal(Open, replies.Distinct().Count());
            await AssertRefused(user, room, "the queue is full", HttpStatusCode.TooManyRequests);
            await AssertRepeatsMatch(user, room, replies);

            // Answered before the crash, so that it does not count among the calls that are made again.
            var elsewhere = await user.NewRoom();
            await user.Post(elsewhere, "the last");
            await user.WaitForReply(elsewhere, 2);
            await AssertRefused(user, await user.NewRoom(), "the day is spent", HttpStatusCode.TooManyRequests);
            await AssertRepeatsMatch(user, room, replies);
            await gateway.Kill();
        }

        // With a limit below what is used already.
        await using var restarted = await Start(dailyMessages: 5);
        var again = user.Through(restarted.Http);
        await AssertRepeatsMatch(again, room, replies);
        await Task.WhenAll(replies.Select(reply => again.WaitForReply(room, reply)));
        await AssertRepeatsMatch(again, room, replies);
        using var other = await Send(again, room, "key-0", "other words");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);

        Assert.Equal(Open + 1, (await again.Get("/user/usage")).GetProperty("used").GetInt32());
        Assert.Equal(2 * Open, (await again.Get($"/chatroom/{room}")).GetProperty("messages").GetArrayLength());

        // The one that was broken off by the crash was called twice; and there is the one in the other room.
        var asked = _gemini.Calls.Requests.Select(request => request.Turns[^1].Text).CountBy(text => text).ToDictionary();
        Assert.Equal(Open + 1, asked.Count);
        Assert.Equal(Open + 2, asked.Values.Sum());
    }

    private static async Task AssertRepeatsMatch(ChatUser user, string room, long[] replies) =>
        Assert.Equal(replies, await Task.WhenAll(Enumerable.Range(0, Open).Select(i => Post(user, room, i))));

    private static async Task<long> Post(ChatUser user, string room, int number)
    {
        using var response = await Send(user, room, $"key-{number}", $"message {number}");
        return (await ChatUser.Json(response, HttpStatusCode.Accepted)).GetProperty("reply").Id();
    }

    private static async Task AssertRefused(ChatUser user, string room, string content, HttpStatusCode status)
    {
        using var response = await Send(user, room, "new", content);
        Assert.Equal(status, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    private static Task<HttpResponseMessage> Send(ChatUser user, string room, string key, string content) =>
        user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content }, ("Idempotency-Key", key));

    private Task<GatewayProcess> Start(int dailyMessages) => GatewayProcess.Start(
        _folder.Path,
        ("GEMINI_API_KEY", FakeGemini.Key),
        ("GEMINI_BASE_URL", _gemini.BaseUrl),
        ("BASIC_DAILY_MESSAGES", $"{dailyMessages}"));
}
