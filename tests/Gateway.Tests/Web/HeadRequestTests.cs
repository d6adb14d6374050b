using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Tests.OpenApi;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Web;

/// <summary>HEAD, wherever GET is.</summary>
public sealed class HeadRequestTests(GatewayFixture gateway)
{
    [Fact]
    public async Task HEAD_answers_like_GET_without_a_body()
    {
        var document = await ApiDocument.ReadAsync(gateway.CreateAnonymousClient());
        foreach (var one in document.Operations.Where(one => one.Method == "GET" && one.Path != "/events"))
        {
            await Compare(gateway.CreateAnonymousClient(), one.ExamplePath);
            await Compare((await gateway.NewUserWithRoom()).Client, one.ExamplePath);
        }

        var user = await gateway.NewUserWithRoom();
        await user.Room.AskAndAnswer("Hi", "Hello");
        foreach (var path in new[] { "/chatroom", user.RoomPath, $"{user.RoomPath}?render=html", $"{user.MessagesPath}/2", $"{user.RoomPath}/export", "/openapi/v1.json", "/", "/docs/index.html" })
        {
            Assert.Equal(HttpStatusCode.OK, await Compare(user.Client, path));
        }
    }

    [Fact]
    public async Task HEAD_opens_no_stream()
    {
        var user = await gateway.NewUserWithRoom();
        await user.Room.Ask();
        var (reply, notices) = (user.Room.Calls(nameof(IChatroomGrain.Follow)), user.Calls(nameof(IUserGrain.FollowNotices)));
        foreach (var path in new[] { "/events", $"{user.MessagesPath}/2" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, path);
            request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");

            // To its end, which a stream that goes on would not have.
            var answer = await user.Client.SendAsync(request, HttpCompletionOption.ResponseContentRead);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        }

        Assert.Equal((0, 0), (reply.Count, notices.Count));
    }

    private static async Task<HttpStatusCode> Compare(HttpClient client, string path)
    {
        using var get = await client.GetAsync(path);
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.True(get.StatusCode == head.StatusCode, path);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        return head.StatusCode;
    }
}
