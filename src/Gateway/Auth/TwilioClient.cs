using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Auth;

/// <summary>Sends messages through Twilio's REST API of version 2010-04-01.</summary>
internal sealed class TwilioClient : IDisposable
{
    private readonly TwilioOptions _options;
    private readonly HttpClient _http;

    public TwilioClient(IOptions<TwilioOptions> options)
    {
        _options = options.Value;

        // Not from IHttpClientFactory, which would log the requests. Credentials go to the configured origin only.
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // Calls are traced here, but no trace headers are sent.
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            BaseAddress = new Uri(_options.ApiBase),
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = 64 * 1024,
        };
        var credentials = Encoding.UTF8.GetBytes($"{_options.AccountSid}:{_options.AuthToken}");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(credentials));
    }

    /// <summary>Returns an error text for the log; null if Twilio accepted the message.</summary>
    public async Task<string?> SendAsync(OtpMessage message, CancellationToken cancellationToken)
    {
        var sender = _options.MessagingServiceSid is { } service ? ("MessagingServiceSid", service) : ("From", _options.From!);
        var use = message.Purpose is CodePurpose.Reset ? "set a new password" : "sign in";
        using var form = new FormUrlEncodedContent(
        [
            KeyValuePair.Create("To", message.Number),
            KeyValuePair.Create(sender.Item1, sender.Item2),
            KeyValuePair.Create("Body", $"GeminiChat: {message.Code} is your code to {use}. It is valid for 10 minutes. Tell it to nobody."),
        ]);
        try
        {
            using var response = await _http.PostAsync($"/2010-04-01/Accounts/{_options.AccountSid}/Messages.json", form, cancellationToken);
            return response.IsSuccessStatusCode
                ? null
                : $"Twilio answered {(int)response.StatusCode}, error {ErrorCode(await response.Content.ReadAsStringAsync(cancellationToken))}";
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return e is HttpRequestException { HttpRequestError: var error } ? $"Twilio cannot be reached: {error}" : "Twilio did not answer in time";
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The number of Twilio's error. The text of the error would contain the mobile number.</summary>
    private static string ErrorCode(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(body)?.GetValueOrDefault("code").ToString() is { Length: > 0 } code
                && int.TryParse(code, out _)
                ? code
                : "unknown";
        }
        catch (JsonException)
        {
            return "unknown";
        }
    }
}
