using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace GeminiChat.Gateway.Tests.Live;

/// <summary>Somebody with a mobile number of their own, and what they do over HTTP.</summary>
internal sealed class ApiUser(GatewayFixture gateway)
{
    public const string Password = "correct horse battery";

    private static int _numbers = 200_000;

    private readonly HttpClient _http = gateway.CreateAnonymousClient();

    public string Number { get; } = $"+1415{Interlocked.Increment(ref _numbers) + 5_000_000:D7}";

    /// <summary>What the last answer about a code said.</summary>
    public string? RequestId { get; private set; }

    public string Access { get; private set; } = "";

    public string Refresh { get; private set; } = "";

    public static string WrongCode(string code) => code == "000000" ? "000001" : "000000";

    public Task<HttpResponseMessage> Post(string path, object body, HttpClient? at = null) =>
        (at ?? _http).PostJsonAsync(path, JsonSerializer.Serialize(body));

    public Task<HttpResponseMessage> RequestCode(string path = "/auth/send-otp", string? device = null) =>
        Post(path, new { mobile_number = Number, device_token = device });

    public async Task<string> NewCode(string path = "/auth/send-otp")
    {
        var answer = await RequestCode(path);
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

    public Task<HttpResponseMessage> Verify(string code, string? requestId = null, string? signUpToken = null) =>
        Post("/auth/verify-otp", new { mobile_number = Number, otp_code = code, request_id = requestId, signup_token = signUpToken });

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

    /// <summary>Takes the tokens of an answer for one's own.</summary>
    public async Task<ApiUser> StoreTokens(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        var tokens = await answer.ReadJsonAsync();
        (Access, Refresh) = (tokens.Text("access_token"), tokens.Text("refresh_token"));
        return this;
    }

    /// <summary>The same person at another device.</summary>
    public ApiUser Clone() => (ApiUser)MemberwiseClone();

    public Task<HttpResponseMessage> Send(
        HttpMethod method, string path, string? json = null, HttpClient? at = null, string? accept = null, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = json is null ? null : HttpTestExtensions.Json(json) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Access);
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
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var elsewhere = gateway.CreateAnonymousClientAtSecondGateway();
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
