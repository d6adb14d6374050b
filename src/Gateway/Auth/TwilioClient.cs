using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using GeminiChat.Gateway.Settings;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Auth;

/// <summary>Twilio's REST interface for messages, version 2010-04-01.</summary>
internal sealed class TwilioClient : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TwilioOptions _options;
    private readonly Uri _messages;
    private readonly HttpClient _http;

    public TwilioClient(IOptions<TwilioOptions> options)
    {
        _options = options.Value;
        _messages = _options.Messages ?? throw new InvalidOperationException("The settings for Twilio were not checked.");

        // Not from a factory: that would log the requests, and credentials go to the configured origin alone.
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // Calls are traced here; the other side learns nothing of it.
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Patience,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        var credentials = Encoding.UTF8.GetBytes($"{_options.AccountSid}:{_options.AuthToken}");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(credentials));
    }

    /// <summary>Sends a code.</summary>
    /// <returns>What went wrong, fit for a log; null when Twilio has taken the message.</returns>
    public async Task<string?> SendAsync(OtpMessage message, CancellationToken cancellationToken)
    {
        try
        {
            using var form = new FormUrlEncodedContent(Form(message));
            using var response = await _http.PostAsync(_messages, form, cancellationToken);
            return response.IsSuccessStatusCode
                ? null
                : $"Twilio answered {(int)response.StatusCode}, error {await ErrorCode(response, cancellationToken)}";
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return e is HttpRequestException { HttpRequestError: var error } ? $"Twilio cannot be reached: {error}" : "Twilio did not answer in time";
        }
    }

    public void Dispose() => _http.Dispose();

    private IEnumerable<KeyValuePair<string, string>> Form(OtpMessage message)
    {
        yield return KeyValuePair.Create("To", message.Number);
        yield return string.IsNullOrWhiteSpace(_options.MessagingServiceSid)
            ? KeyValuePair.Create("From", _options.From!)
            : KeyValuePair.Create("MessagingServiceSid", _options.MessagingServiceSid);
        var use = message.Purpose is CodePurpose.Reset ? "set a new password" : "sign in";
        yield return KeyValuePair.Create("Body", $"GeminiChat: {message.Code} is your code to {use}. It is valid for 10 minutes. Tell it to nobody.");
    }

    /// <summary>The number of Twilio's error. Its text would repeat the mobile number.</summary>
    private static async Task<string> ErrorCode(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return body.RootElement.GetProperty("code").GetInt32().ToString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return "unknown";
        }
    }
}
