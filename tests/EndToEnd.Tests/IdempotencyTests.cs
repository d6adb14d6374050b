using System.Net;
using System.Runtime.Versioning;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A send is repeated with its key as often as a client likes: it is one turn and one call.</summary>
[Collection<SharedKilledGateway>]
[UnsupportedOSPlatform("windows")]
public sealed class IdempotencyTests(KilledGateway killed) : GatewayTests(killed)
{
    [Fact]
    public async Task A_repeat_with_the_same_key_is_not_refused_when_the_queue_is_full_nor_after_kill_9()
    {
        var user = killed.User;
        var (room, replies) = killed.FullRoom;
        Assert.Equal(replies, await killed.PostToFullRoom(room));
        await Task.WhenAll(replies.Select(reply => user.WaitForReply(room, reply)));
        Assert.Equal(replies, await killed.PostToFullRoom(room));
        using var other = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "other words" }, ("Idempotency-Key", "key-0"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal(2 * replies.Length, (await user.Get($"/chatroom/{room}")).GetProperty("messages").GetArrayLength());

        // The one that was broken off by the crash was called twice.
        var asked = Gemini.Calls.Requests.Select(request => request.LastText)
            .Where(text => text.StartsWith(room, StringComparison.Ordinal)).CountBy(text => text).ToDictionary();
        Assert.Equal(replies.Length, asked.Count);
        Assert.Equal(replies.Length + 1, asked.Values.Sum());
    }
}
