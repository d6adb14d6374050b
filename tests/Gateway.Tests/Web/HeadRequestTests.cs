using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Tests.OpenApi;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

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
        var shared = (await (await user.Post($"{user.RoomPath}/shares", new { }, user.Client)).ReadJsonAsync()).Text("token");
        string[] paths =
        [
            "/chatroom", user.RoomPath, $"{user.RoomPath}?render=html", $"{user.MessagesPath}/2", $"{user.RoomPath}/export", "/user/me/export",
            $"/shared/{shared}", $"/s/{shared}",
        ];
        foreach (var path in paths)
        {
            Assert.Equal(HttpStatusCode.OK, await Compare(user.Client, path));
        }
    }

    [Fact]
    public void Every_route_with_GET_has_HEAD()
    {
        var routes = gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.Contains(routes, route => route.RoutePattern.RawText!.Contains("openapi", StringComparison.Ordinal));

        Assert.All(routes, route =>
        {
            var methods = route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods;
            Assert.True(methods is null || methods.Contains("HEAD") == methods.Contains("GET"), $"{route.DisplayName}");
        });
    }

    [Fact]
    public async Task Every_file_and_page_that_anybody_can_read_answers_HEAD()
    {
        var anybody = gateway.CreateAnonymousClient();
        var files = gateway.Services.GetRequiredService<IWebHostEnvironment>().WebRootFileProvider.GetDirectoryContents("")
            .Where(static file => !file.IsDirectory).Select(static file => $"/{file.Name}").ToList();
        Assert.Contains("/main.js", files);

        foreach (var path in files.Concat(["/", "/core/dom.js", "/css/base.css", "/docs", "/docs/index.html", "/docs/swagger-ui.css", "/openapi/v1.json", "/health/live", "/health/ready"]))
        {
            Assert.Equal((path, HttpStatusCode.OK), (path, await Compare(anybody, path)));
        }
    }

    [Fact]
    public async Task HEAD_opens_no_stream()
    {
        var user = await gateway.NewUserWithRoom();
        await user.Room.Ask();
        var (reply, notices) = (user.Room.Calls(nameof(IChatroomGrain.Follow)), user.Calls(nameof(IUserGrain.FollowNotices)));
        foreach (var path in new[] { "/events", $"{user.MessagesPath}/2", $"{user.MessagesPath}/2/stream" })
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
        Assert.Equal(get.Headers.Vary, head.Headers.Vary);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        return head.StatusCode;
    }
}
