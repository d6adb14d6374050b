using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>What is somebody else's is absent, whatever a request calls it.</summary>
public sealed class UserIsolationTests(OwnSiloGatewayFixture gateway) : IClassFixture<OwnSiloGatewayFixture>
{
    public static TheoryData<string, string> Routes => new()
    {
        { "GET", "" }, { "POST", "/message" }, { "GET", "/message/1" }, { "GET", "/message/2" }, { "POST", "/message/2/stop" },
    };

    [Theory, MemberData(nameof(Routes))]
    public async Task The_room_of_another_user_is_answered_like_one_that_does_not_exist(string method, string path)
    {
        var (_, room) = await RoomOfAda();
        var eve = await gateway.NewUser().SignIn();
        foreach (var id in new[] { room, room.ToUpperInvariant(), Next(room) })
        {
            foreach (var accept in new[] { "application/json", "text/event-stream", "text/plain" })
            {
                var foreign = await eve.Send(new HttpMethod(method), $"/chatroom/{id}{path}", Body(method), accept: accept);
                var absent = await eve.Send(new HttpMethod(method), $"/chatroom/{Guid.CreateVersion7()}{path}", Body(method), accept: accept);
                Assert.Equal(await Shape(absent), await Shape(foreign));
                Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
            }
        }
    }

    [Theory, MemberData(nameof(Routes))]
    public async Task Without_a_valid_token_the_owners_room_cannot_be_reached(string method, string path)
    {
        var (ada, room) = await RoomOfAda();
        await ada.Send(HttpMethod.Post, "/auth/logout");
        var ended = await ada.Send(new HttpMethod(method), $"/chatroom/{room}{path}", Body(method));
        await ended.ReadProblemAsync(HttpStatusCode.Unauthorized);
        var request = new HttpRequestMessage(new HttpMethod(method), $"/chatroom/{room}{path}") { Content = HttpTestExtensions.Json("""{"content":"Hi"}""") };
        await (await gateway.CreateAnonymousClient().SendAsync(request)).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("..%2f..%2fuser")]
    [InlineData("a")]
    [InlineData("1")]
    [InlineData("0199c8d800007000800000000000000a")]
    [InlineData("{0199c8d8-0000-7000-8000-00000000000a}")]
    [InlineData("0199c8d8-0000-7000-8000-00000000000a%20")]
    [InlineData("%30199c8d8-0000-7000-8000-00000000000g")]
    [InlineData("long")]
    public async Task A_malformed_room_id_is_answered_like_a_room_that_does_not_exist(string id)
    {
        var eve = await gateway.NewUser().SignIn();
        var path = id is "long" ? new string('a', 4000) : id;
        var answer = await eve.Send(HttpMethod.Get, $"/chatroom/{path}");
        var absent = await eve.Send(HttpMethod.Get, $"/chatroom/{Guid.CreateVersion7()}");
        Assert.Equal(await Shape(absent), await Shape(answer));
    }

    [Fact]
    public async Task A_NUL_in_a_path_is_refused()
    {
        var eve = await gateway.NewUser().SignIn();
        using var raw = new RawHttpClient(gateway.Address);
        var answer = await raw.SendAsync(
            $"GET /chatroom/0199c8d8%00 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {eve.Token}\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 40[04] ", answer);
    }

    [Fact]
    public async Task The_cursor_of_another_users_stream_gives_no_access()
    {
        var (_, room) = await RoomOfAda();
        var eve = await gateway.NewUser().SignIn();
        using var http = gateway.CreateAnonymousClient();
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {eve.Token}");
        http.DefaultRequestHeaders.Add("Accept", "text/event-stream");
        http.DefaultRequestHeaders.Add("Last-Event-ID", "1-0");
        await (await http.GetAsync($"/chatroom/{room}/message/2")).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Requests_with_guessed_ids_store_nothing_and_leave_no_activation()
    {
        var (_, room) = await RoomOfAda();
        var eve = await gateway.NewUser().SignIn();
        var user = (await (await eve.Send(HttpMethod.Get, "/user/me")).ReadJsonAsync()).Text("id");
        foreach (var id in Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7().ToString()).Append(room))
        {
            await eve.Send(HttpMethod.Get, $"/chatroom/{id}");
            await eve.Send(HttpMethod.Post, $"/chatroom/{id}/message", """{"content":"Hi"}""");
        }

        Assert.Equal("[]", await (await eve.Send(HttpMethod.Get, "/chatroom")).Content.ReadAsStringAsync());
        var management = gateway.Grains.GetGrain<IManagementGrain>(0);
        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await management.GetDetailedGrainStatistics()).Any(grain => grain.GrainId.Key.ToString()!.StartsWith($"{user}/", StringComparison.Ordinal)))
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    [Fact]
    public async Task Fields_that_a_client_may_not_set_are_ignored()
    {
        var (ada, _) = await RoomOfAda();
        var id = (await (await ada.Send(HttpMethod.Get, "/user/me")).ReadJsonAsync()).Text("id");
        var eve = gateway.NewUser();
        var signedUp = await gateway.CreateAnonymousClient().PostJsonAsync("/auth/signup", $$"""
            {"name":"Eve","mobile_number":"{{eve.Number}}","password":"{{ApiUser.Password}}","user_id":"{{id}}","userId":"{{id}}",
             "id":"{{id}}","plan":"pro","subscription":"Pro","role":"admin","is_verified":true}
            """);
        Assert.NotEqual(id, (await signedUp.ReadJsonAsync()).Text("user_id"));
        await (await eve.Login()).ReadProblemAsync(HttpStatusCode.Unauthorized);

        await eve.SignIn();
        var room = await eve.Send(HttpMethod.Post, "/chatroom", $$"""{"name":"mine","user_id":"{{id}}","owner":"{{id}}","id":"{{id}}"}""");
        Assert.NotEqual(id, (await room.ReadJsonAsync()).Text("id"));
        Assert.Single((await (await ada.Send(HttpMethod.Get, "/chatroom")).ReadJsonAsync()).EnumerateArray());
        var me = await (await eve.Send(HttpMethod.Get, "/user/me")).ReadJsonAsync();
        Assert.Equal("Basic", me.Text("subscription"));
        Assert.NotEqual(id, me.Text("id"));
    }

    private static string? Body(string method) => method is "POST" ? """{"content":"Hi"}""" : null;

    private static string Next(string id) => id[..^1] + (id[^1] == 'f' ? '0' : (char)(id[^1] is '9' ? 'a' : id[^1] + 1));

    private async Task<(ApiUser Ada, string Room)> RoomOfAda()
    {
        var ada = await gateway.NewUser().SignIn();
        var room = await ada.NewRoom();
        await ada.Send(HttpMethod.Post, $"/chatroom/{room}/message", """{"content":"private"}""");
        return (ada, room);
    }

    /// <summary>Everything about an answer but its date and the path it repeats.</summary>
    private static async Task<string> Shape(HttpResponseMessage answer)
    {
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not "Date" and not "Content-Length")
            .Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order(StringComparer.Ordinal);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        Assert.True(body.Remove("instance"));
        return $"{answer.StatusCode}\n{string.Join('\n', headers)}\n{body.ToJsonString(JsonSerializerOptions.Default)}";
    }
}
