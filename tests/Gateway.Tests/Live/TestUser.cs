using System.Net.Http.Headers;
using System.Text.Json;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.IdentityModel.JsonWebTokens;

namespace GeminiChat.Gateway.Tests.Live;

/// <summary>A signed-in user of a gateway under test, and one room whose model the test plays.</summary>
internal sealed class TestUser
{
    private static int _numbers = 800_000;

    private TestUser(HttpClient client, HttpClient elsewhere, JsonElement session, Guid roomId, string systemPrompt)
    {
        (Client, Token, RoomId) = (client, session.Text("access_token"), roomId);
        Id = Guid.Parse(new JsonWebToken(Token).Subject);
        RefreshToken = session.Text("refresh_token");
        Room = new RoomDriver(this, elsewhere, SharedSilo.Current.ModelCalls(systemPrompt));
    }

    public Guid Id { get; }

    public HttpClient Client { get; }

    public string Token { get; }

    public string RefreshToken { get; }

    public Guid RoomId { get; }

    public RoomDriver Room { get; }

    public string RoomPath => $"/chatroom/{RoomId:D}";

    public string MessagesPath => $"{RoomPath}/message";

    /// <summary>A number that nobody has used.</summary>
    public static string NewNumber() => $"+1415{Interlocked.Increment(ref _numbers) + 5_000_000:D7}";

    /// <summary>Signs a new user in and makes the room, past the gateway under test.</summary>
    public static async Task<TestUser> SignIn(HttpClient client)
    {
        var elsewhere = new HttpClient { BaseAddress = SharedSilo.Current.Address, Timeout = client.Timeout };
        var number = NewNumber();
        var sent = await Json(await elsewhere.PostJsonAsync("/auth/send-otp", JsonSerializer.Serialize(new { mobile_number = number })));
        var session = await Json(await elsewhere.PostJsonAsync(
            "/auth/verify-otp", JsonSerializer.Serialize(new { mobile_number = number, otp_code = sent.Text("otp") })));
        var token = session.Text("access_token");
        foreach (var http in new[] { client, elsewhere })
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        var prompt = $"the room of {number}";
        var room = await Json(await elsewhere.PostJsonAsync("/chatroom", JsonSerializer.Serialize(new { name = "Room", system_prompt = prompt })));
        return new TestUser(client, elsewhere, session, room.GetProperty("id").GetGuid(), prompt);
    }

    /// <summary>The calls of a method of the user's own grains.</summary>
    public InterceptedCalls Calls(string method) => SharedSilo.Current.Calls.Of($"{Id:N}", method);

    /// <summary>Ends the session, past the gateway under test.</summary>
    public Task SignOut() => SharedSilo.Current.Grains.UserSecurity(Id).EndAllSessions();

    /// <summary>Sends notices to the user's devices.</summary>
    public Task Notify(params Notice[] notices) => SharedSilo.Current.Notify(Id, notices);

    /// <summary>Begins to follow the notices, as a device does. Returns what all cursors begin with.</summary>
    public async Task<int> BeginNotices() =>
        (await SharedSilo.Current.Grains.User(Id).FollowNotices(from: null, CancellationToken.None))!.Next.Epoch;

    private static async Task<JsonElement> Json(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.ReadJsonAsync();
    }
}
