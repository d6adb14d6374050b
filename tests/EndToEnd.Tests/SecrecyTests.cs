using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>The program as it is run, with every log there is switched on: none of it may hold a secret.</summary>
public sealed class SecrecyTests : IAsyncLifetime
{
    private const string SecretKey = "the-secret-key-of-this-run-which-is-long-enough";
    private const string Number = "+14155557301";
    private const string UnknownNumber = "+14155557302";
    private const string TwilioToken = "the-twilio-token-of-this-run";

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentBag<string> _secrets = [SecretKey, FakeGemini.Key, Number[1..], UnknownNumber[1..], Number[2..], TwilioToken];
    private readonly ConcurrentBag<string> _problems = [];
    private FakeGemini _gemini = null!;

    public async ValueTask InitializeAsync() => _gemini = await FakeGemini.Start();

    public async ValueTask DisposeAsync()
    {
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Neither_logs_nor_problem_details_contain_a_secret()
    {
        _gemini.ReplyAlways(Script.Words("an answer"));
        await using var gateway = await Start(("OTP_DELIVERY", "response"));
        await UseEveryFeature(gateway.Http);
        gateway.Terminate();
        Assert.Equal(0, await gateway.WaitForExit());

        Assert.Contains("\"LogLevel\":\"Debug\"", gateway.Output, StringComparison.Ordinal);
        Assert.Contains("\"LogLevel\":\"Trace\"", gateway.Output, StringComparison.Ordinal);
        Assert.True(_secrets.Count > 15);
        Assert.True(_problems.Count > 5);
        AssertSecret(gateway.Output);
        AssertSecret(string.Join('\n', _problems));
    }

    [Fact]
    public async Task The_code_is_not_logged_when_the_SMS_provider_cannot_be_reached()
    {
        await using var gateway = await Start(
            ("OTP_DELIVERY", "twilio"), ("TWILIO_ACCOUNT_SID", "AC1"), ("TWILIO_AUTH_TOKEN", TwilioToken),
            ("TWILIO_FROM", "+15005550006"), ("TWILIO_API_BASE", "http://127.0.0.1:1"));
        await Post(gateway.Http, "/auth/send-otp", new { mobile_number = Number });
        await gateway.WaitForLog("Twilio cannot be reached");
        AssertSecret(gateway.Output);
        Assert.DoesNotMatch("is your code", gateway.Output);
    }

    private Task<GatewayProcess> Start(params (string, string)[] delivery) => GatewayProcess.Start(
        _folder.Path,
        [
            .. delivery, ("SECRET_KEY", SecretKey), ("GEMINI_API_KEY", FakeGemini.Key), ("GEMINI_BASE_URL", _gemini.BaseUrl),
            ("Logging__LogLevel__Default", "Trace"), ("Logging__LogLevel__Microsoft", "Trace"), ("Logging__LogLevel__System", "Trace"),
            ("Logging__LogLevel__Orleans", "Trace"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Trace"),
        ]);

    private async Task UseEveryFeature(HttpClient http)
    {
        var password = Secret("a password of this run");
        var next = Secret("another password of this run");
        var signedUp = await Post(http, "/auth/signup", new { name = "Ada", mobile_number = Number, password });
        var token = Secret((await ChatUser.Json(signedUp)).GetProperty("signup_token").GetString()!);
        var code = await Code(http, "/auth/send-otp", Number);
        await Post(http, "/auth/send-otp", new { mobile_number = Number });
        await Post(http, "/auth/verify-otp", new { mobile_number = Number, otp_code = Secret(code == "111111" ? "222222" : "111111") });
        await Tokens(await Post(http, "/auth/verify-otp", new { mobile_number = Number, otp_code = code, signup_token = token }));
        await Post(http, "/auth/signup", new { name = "Ada", mobile_number = Number, password });
        await Post(http, "/auth/login", new { mobile_number = Number, password = Secret("a wrong password of this run") });
        await Post(http, "/auth/login", new { mobile_number = UnknownNumber, password });
        var (access, refresh) = await Tokens(await Post(http, "/auth/login", new { mobile_number = Number, password }));
        await Chat(http, access);
        (access, var fresh) = await Tokens(await Post(http, "/auth/refresh", new { refresh_token = refresh }));
        await Post(http, "/auth/change-password", new { current_password = password, new_password = next }, access);
        await Code(http, "/auth/forgot-password", UnknownNumber);
        var reset = await Code(http, "/auth/forgot-password", Number);
        await Post(http, "/auth/reset-password", new { mobile_number = Number, otp_code = reset, new_password = password });
        await Post(http, "/auth/refresh", new { refresh_token = fresh });
        await Post(http, "/auth/refresh", new { refresh_token = fresh + "x" });
        await Post(http, "/auth/logout", new { everywhere = true }, access + "x");
        (access, _) = await Tokens(await Post(http, "/auth/login", new { mobile_number = Number, password }));
        await Post(http, "/auth/logout", new { everywhere = true }, access);
        await Post(http, $"/auth/verify-otp?code={Uri.EscapeDataString("x")}", new { mobile_number = Number, otp_code = code });
    }

    private async Task Chat(HttpClient http, string access)
    {
        var user = new ChatUser(http, access);
        var room = await user.NewRoom();
        await user.Ask(room, Secret("a prompt of this run"));
        await user.Get("/user/me");
    }

    private async Task<HttpResponseMessage> Post(HttpClient http, string path, object body, string? access = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = access is null ? null : new("Bearer", access);
        var answer = await http.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
        {
            _problems.Add(await answer.Content.ReadAsStringAsync());
        }

        return answer;
    }

    private async Task<string> Code(HttpClient http, string path, string number)
    {
        var answer = await ChatUser.Json(await Post(http, path, new { mobile_number = number }));
        return Secret(answer.GetProperty("otp").GetString()!);
    }

    private async Task<(string Access, string Refresh)> Tokens(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var tokens = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        var access = tokens.GetProperty("access_token").GetString()!;

        // Its signature too: what is logged of a token may be cut.
        Secret(access.Split('.')[2]);
        return (Secret(access), Secret(tokens.GetProperty("refresh_token").GetString()!));
    }

    private string Secret(string text)
    {
        _secrets.Add(text);
        return text;
    }

    private void AssertSecret(string text)
    {
        // Six digits also turn up by chance in times and ids: a code counts where it stands alone.
        foreach (var secret in _secrets.Distinct(StringComparer.Ordinal))
        {
            var pattern = secret.Length == 6 ? $@"(?<![0-9A-Za-z.:\-]){secret}(?![0-9A-Za-z.:\-])" : System.Text.RegularExpressions.Regex.Escape(secret);
            Assert.DoesNotMatch(pattern, text);
        }
    }
}
