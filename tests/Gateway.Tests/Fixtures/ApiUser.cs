using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Running;
using Microsoft.IdentityModel.JsonWebTokens;
using Orleans.Core.Internal;

namespace GeminiChat.Gateway.Tests.Fixtures;

/// <summary>A user with a mobile number of their own, and what they do over HTTP.</summary>
internal sealed class ApiUser(GatewayFixture gateway)
{
    public const string Password = "correct horse battery";

    private readonly HttpClient _http = gateway.CreateAnonymousClient();

    public string Number { get; } = TestNumber.Next();

    /// <summary>What the last answer about a code said.</summary>
    public string? RequestId { get; private set; }

    /// <summary>The access token.</summary>
    public string Token { get; private set; } = "";

    public string RefreshToken { get; private set; } = "";

    public Guid Id => Guid.Parse(new JsonWebToken(Token).Subject);

    /// <summary>A client that sends the access token.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>The room of a user with a room.</summary>
    public RoomDriver Room { get; private set; } = null!;

    public Guid RoomId { get; private set; }

    public string RoomPath => $"/chatroom/{RoomId:D}";

    public string MessagesPath => $"{RoomPath}/message";

    public static string WrongCode(string code) => code == "000000" ? "000001" : "000000";

    public Task<HttpResponseMessage> Post(string path, object body, HttpClient? at = null) =>
        (at ?? _http).PostJsonAsync(path, JsonSerializer.Serialize(body));

    public Task<HttpResponseMessage> RequestCode(string path = "/auth/send-otp", string? device = null, HttpClient? at = null) =>
        Post(path, new { mobile_number = Number, device_token = device }, at);

    public async Task<string> NewCode(string path = "/auth/send-otp", HttpClient? at = null)
    {
        var answer = await RequestCode(path, at: at);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await CodeOf(answer);
    }

    /// <summary>The code in an answer; its request is kept.</summary>
    public async Task<string> CodeOf(HttpResponseMessage answer)
    {
        var sent = await answer.ReadJsonAsync();
        RequestId = sent.Text("request_id");
        return sent.Text("otp");
    }

    public Task<HttpResponseMessage> Verify(string code, string? requestId = null, string? signUpToken = null, HttpClient? at = null) =>
        Post("/auth/verify-otp", new { mobile_number = Number, otp_code = code, request_id = requestId, signup_token = signUpToken }, at);

    public Task<HttpResponseMessage> Login(string password = Password, HttpClient? at = null, string? device = null) =>
        Post("/auth/login", new { mobile_number = Number, password, device_token = device }, at);

    public Task<HttpResponseMessage> Reset(string code, string password, string? requestId = null) =>
        Post("/auth/reset-password", new { mobile_number = Number, otp_code = code, new_password = password, request_id = requestId });

    public Task<HttpResponseMessage> ExchangeRefreshToken(string refreshToken, string? key = null, HttpClient? at = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/auth/refresh")
        {
            Content = HttpTestExtensions.Json(JsonSerializer.Serialize(new { refresh_token = refreshToken })),
        };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return (at ?? _http).SendAsync(request);
    }

    /// <summary>Signs up with <see cref="Password"/>, and in.</summary>
    public async Task<ApiUser> SignUpAndVerify()
    {
        var token = await SignUp();
        return await StoreTokens(await Verify(await NewCode(), signUpToken: token));
    }

    /// <summary>Signs up; gives the token of it.</summary>
    public async Task<string> SignUp(string password = Password, string name = "Ada")
    {
        var answer = await Post("/auth/signup", new { name, mobile_number = Number, password });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.ReadJsonAsync()).Text("signup_token");
    }

    /// <summary>Signs in by a one-time code.</summary>
    public async Task<ApiUser> SignIn()
    {
        await StoreTokens(await Verify(await NewCode()));
        return this;
    }

    /// <summary>Signs in past the gateway under test, and makes a room whose model the test plays.</summary>
    public async Task<ApiUser> SignInWithRoom()
    {
        var other = SharedSilo.Current.CreateAnonymousClient();
        await StoreTokens(await Verify(await NewCode(at: other), at: other));
        other.DefaultRequestHeaders.Authorization = Client.DefaultRequestHeaders.Authorization;
        var prompt = $"the room of {Number}";
        using var created = await other.PostJsonAsync("/chatroom", JsonSerializer.Serialize(new { name = "Room", system_prompt = prompt }));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        RoomId = (await created.ReadJsonAsync()).GetProperty("id").GetGuid();
        Room = new RoomDriver(this, other, SharedSilo.Current.ModelCalls(prompt));
        return this;
    }

    /// <summary>Stores rooms in the database, which is much faster than to create them.</summary>
    public async Task StoreRooms(int count)
    {
        var user = SharedSilo.Current.Grains.User(Id);
        var (born, known) = ((await user.GetProfile())!.CreatedAt, (await user.ListRooms()).Rooms.Length);
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).Select(id => SharedSilo.Current.Rooms.Create(
            new RoomKey(Id, id), new RoomRow(new RoomSummary(id, "Room", born, born, Version: 1), null, NextId: 1, CreationFingerprint: ""))));
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        using var deadline = Deadline.Start();
        while ((await user.ListRooms()).Rooms.Length < known + count)
        {
            await user.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>Waits until this many notices have arrived since the first device began to follow.</summary>
    public async Task WaitForNotices(long count)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        using var deadline = Deadline.Start();
        while ((await SharedSilo.Current.Grains.User(Id).FollowNotices(from: null, deadline.Token))!.Next.Number < count)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>Ends all sessions, past the gateway under test.</summary>
    public Task EndSessions() => SharedSilo.Current.Grains.UserSecurity(Id).EndAllSessions();

    /// <summary>The calls of a method of the user's own grains.</summary>
    public InterceptedCalls Calls(string method) => SharedSilo.Current.Calls.Of($"{Id:N}", method);

    /// <summary>Sends notices to the user's devices, with an old state of the room.</summary>
    public Task Notify(params Notice[] notices) => SharedSilo.Current.Grains.User(Id).RoomChanged(
        new RoomSummary(RoomId, "", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, Version: 0, SettingsVersion: 0), [.. notices]);

    /// <summary>Begins to follow the notices, as a device does. Returns what all cursors begin with.</summary>
    public async Task<int> BeginNotices() =>
        (await SharedSilo.Current.Grains.User(Id).FollowNotices(from: null, CancellationToken.None))!.Next.Epoch;

    /// <summary>Stores the tokens of an answer.</summary>
    public async Task<ApiUser> StoreTokens(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        var tokens = await answer.ReadJsonAsync();
        (Token, RefreshToken) = (tokens.Text("access_token"), tokens.Text("refresh_token"));
        Client = gateway.CreateAnonymousClient();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return this;
    }

    /// <summary>The same person at another device.</summary>
    public ApiUser Clone() => (ApiUser)MemberwiseClone();

    public Task<HttpResponseMessage> Send(
        HttpMethod method, string path, string? json = null, HttpClient? at = null, string? accept = null, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = json is null ? null : HttpTestExtensions.Json(json) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return (at ?? _http).SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<bool> IsSignedIn(HttpClient? at = null) => (await Send(HttpMethod.Get, "/user/me", at: at)).StatusCode switch
    {
        HttpStatusCode.OK => true,
        HttpStatusCode.Unauthorized => false,
        var other => throw new InvalidOperationException($"Unexpected: {other}"),
    };

    /// <summary>Waits until both gateways refuse the access token.</summary>
    public async Task WaitUntilSignedOut()
    {
        using var deadline = Deadline.Start();
        using var elsewhere = await gateway.CreateAnonymousClientAtSecondGateway();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await IsSignedIn() || await IsSignedIn(elsewhere))
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    public async Task<string> NewRoom()
    {
        var answer = await Send(HttpMethod.Post, "/chatroom", """{"name":"room"}""");
        return (await answer.ReadJsonAsync()).Text("id");
    }
}
