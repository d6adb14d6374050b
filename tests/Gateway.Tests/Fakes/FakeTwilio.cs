using System.Net.Http.Headers;
using System.Text;
using System.Threading.Channels;
using GeminiChat.Running;
using Microsoft.AspNetCore.Http;

namespace GeminiChat.Gateway.Tests.Fakes;

/// <summary>Twilio's REST interface for messages, as far as a client can see.</summary>
internal sealed class FakeTwilio : IAsyncDisposable
{
    public const string AccountSid = "AC0123456789abcdef0123456789abcdef";
    public const string AuthToken = "the-auth-token-of-a-test";

    private readonly Channel<SentMessage> _sent = Channel.CreateUnbounded<SentMessage>();
    private readonly TestHttpServer _server;
    private TaskCompletionSource _gate = new();
    private int _count;

    public FakeTwilio()
    {
        _server = new TestHttpServer(TakeAsync);
        _gate.SetResult();
    }

    /// <summary>The settings of a gateway that sends its codes by this server.</summary>
    public string[] Settings =>
    [
        "--OTP_DELIVERY=twilio", $"--TWILIO_ACCOUNT_SID={AccountSid}", $"--TWILIO_AUTH_TOKEN={AuthToken}", $"--TWILIO_API_BASE={_server.Url}",
    ];

    public int Count => _count;

    public (int Status, string Body) Answer { get; set; } = (201, """{"sid":"SM1","status":"queued","error_code":null}""");

    public Task StartAsync() => _server.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Answers nobody until <see cref="ReleaseResponses"/>.</summary>
    public void BlockResponses() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReleaseResponses() => _gate.SetResult();

    public async Task<SentMessage> NextMessageAsync()
    {
        using var deadline = Deadline.Start();
        return await _sent.Reader.ReadAsync(deadline.Token);
    }

    private async Task TakeAsync(HttpContext http)
    {
        await _gate.Task;
        Interlocked.Increment(ref _count);
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{AccountSid}:{AuthToken}"));
        var isAuthorized = AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization, out var sent)
            && sent.Scheme is "Basic" && sent.Parameter == credentials;
        var form = await http.Request.ReadFormAsync();
        var (status, body) = isAuthorized ? Answer : (401, """{"code":20003,"message":"Authenticate"}""");
        http.Response.StatusCode = http.Request.Method is "POST" ? status : 405;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(body);
        var fields = form.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
        await _sent.Writer.WriteAsync(new SentMessage(http.Request.Path, isAuthorized, fields));
    }
}

/// <summary>What Twilio was asked to send.</summary>
internal sealed record SentMessage(string Path, bool IsAuthorized, IReadOnlyDictionary<string, string> Form);
