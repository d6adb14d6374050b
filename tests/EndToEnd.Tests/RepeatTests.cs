using System.Net;
using GeminiChat.Played;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A send is repeated with its key as often as a client likes: it is one turn, one call and one of the day's messages.</summary>
public sealed class RepeatTests : IAsyncLifetime
{
    private const int Open = 21;

    private readonly TemporaryFolder _folder = new();
    private readonly Hold _hold = new();
    private PlayedGemini _gemini = null!;

    public async ValueTask InitializeAsync()
    {
        _gemini = await PlayedGemini.Start();
        _gemini.Next(_hold.Script);
    }

    public async ValueTask DisposeAsync()
    {
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task No_limit_refuses_a_repeat_while_the_queue_is_full_and_the_day_is_spent_and_after_kill_9()
    {
        ChatUser user;
        string room;
        long[] replies;
        await using (var gateway = await Start(dailyMessages: Open + 1))
        {
            user = await ChatUser.SignIn(gateway.Http);
            room = await user.NewRoom();
            replies = await Task.WhenAll(Enumerable.Range(0, Open).Select(i => Post(user, room, i)));
            Assert.Equal(Open, replies.Distinct().Count());
            await Refused(user, room, "the queue is full", HttpStatusCode.TooManyRequests);
            await AnsweredAlike(user, room, replies);

            // Answered before the crash, so that it does not count among the calls that are made again.
            var elsewhere = await user.NewRoom();
            await user.Post(elsewhere, "the last");
            await user.Ended(elsewhere, 2);
            await Refused(user, await user.NewRoom(), "the day is spent", HttpStatusCode.TooManyRequests);
            await AnsweredAlike(user, room, replies);
            await gateway.Kill();
        }

        // With a limit below what is used already.
        await using var restarted = await Start(dailyMessages: 5);
        var again = user.At(restarted.Http);
        await AnsweredAlike(again, room, replies);
        await Task.WhenAll(replies.Select(reply => again.Ended(room, reply)));
        await AnsweredAlike(again, room, replies);
        using var other = await Send(again, room, "key-0", "other words");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);

        Assert.Equal(Open + 1, (await again.Get("/user/usage")).GetProperty("used").GetInt32());
        Assert.Equal(2 * Open, (await again.Get($"/chatroom/{room}")).GetProperty("messages").GetArrayLength());

        // The one that was broken off by the crash was called twice; and there is the one in the other room.
        var asked = _gemini.Calls.Requests.Select(request => request.Turns[^1].Text).CountBy(text => text).ToDictionary();
        Assert.Equal(Open + 1, asked.Count);
        Assert.Equal(Open + 2, asked.Values.Sum());
    }

    private static async Task AnsweredAlike(ChatUser user, string room, long[] replies) =>
        Assert.Equal(replies, await Task.WhenAll(Enumerable.Range(0, Open).Select(i => Post(user, room, i))));

    private static async Task<long> Post(ChatUser user, string room, int number)
    {
        using var response = await Send(user, room, $"key-{number}", $"message {number}");
        return (await ChatUser.Json(response, HttpStatusCode.Accepted)).GetProperty("reply").Id();
    }

    private static async Task Refused(ChatUser user, string room, string content, HttpStatusCode status)
    {
        using var response = await Send(user, room, "new", content);
        Assert.Equal(status, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    private static Task<HttpResponseMessage> Send(ChatUser user, string room, string key, string content) =>
        user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content }, ("Idempotency-Key", key));

    private Task<GatewayProcess> Start(int dailyMessages) => GatewayProcess.Start(
        _folder.Path,
        ("GEMINI_API_KEY", PlayedGemini.Key),
        ("GEMINI_BASE_URL", _gemini.BaseUrl),
        ("BASIC_DAILY_MESSAGES", $"{dailyMessages}"));
}
