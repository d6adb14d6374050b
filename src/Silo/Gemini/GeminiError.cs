using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>Maps Gemini's errors; see <see href="https://ai.google.dev/gemini-api/docs/troubleshooting"/>.</summary>
/// <remarks>
/// The content type is ignored: errors of the streaming method have the type <c>text/event-stream</c> but are plain JSON,
/// sometimes in an array.
/// </remarks>
internal static partial class GeminiError
{
    /// <summary>
    /// A longer wait than this means that a day's quota is used up. Google's own command line has the same limit.
    /// </summary>
    public static readonly TimeSpan DailyQuotaThreshold = TimeSpan.FromSeconds(300);

    /// <summary>
    /// The maximum wait for an overload, and the maximum of a wait that only a header asks for: any proxy on the way may have set
    /// the header, and it must not stop the silo's calls for a day.
    /// </summary>
    public static readonly TimeSpan MaxOverloadDelay = TimeSpan.FromSeconds(60);

    private const int MaxMessageLength = 300;
    private const int MaxBodyBytes = 64 * 1024;

    /// <summary>The error in a body; null when there is none.</summary>
    public static RpcStatus? ReadException(ReadOnlySpan<byte> json)
    {
        try
        {
            return json.TrimStart(" \t\r\n"u8).StartsWith("["u8)
                ? JsonSerializer.Deserialize(json, GeminiJson.Default.ListErrorEnvelope)?.FirstOrDefault()?.Error
                : JsonSerializer.Deserialize(json, GeminiJson.Default.ErrorEnvelope)?.Error;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The exception for an error.</summary>
    /// <param name="http">The status of the response; null for an error within a stream.</param>
    /// <param name="error">The error; null when it could not be read.</param>
    /// <param name="header">The wait of the Retry-After header.</param>
    /// <param name="key">The API key, to remove it from Google's messages, some of which quote it.</param>
    public static ModelException ToException(HttpStatusCode? http, RpcStatus? error, TimeSpan? header, string key)
    {
        var status = http is { } code ? (int)code : error?.Code ?? ToHttpStatus(error?.Status);
        var wait = status is 429 ? RetryDelay.FromError(error) ?? CapDelay(header) : CapDelay(RetryDelay.FromError(error) ?? header);
        var fault = Classify(status, error, wait);
        var retryAfter = fault is ModelFault.Unavailable or ModelFault.DailyQuota && !IsDaily(error) ? wait : null;
        return new ModelException(fault, Describe(status, fault, error, key), retryAfter)
        {
            IsFileUnknown = status is 403 && error?.Message?.Contains("access the File", StringComparison.OrdinalIgnoreCase) is true,
        };
    }

    /// <summary>The exception for a response without success, from its JSON if there is any, else from its status.</summary>
    public static async Task<ModelException> ReadRefusalAsync(
        HttpResponseMessage response, string key, TimeProvider time, CancellationToken cancellationToken)
    {
        if ((int)response.StatusCode is >= 300 and < 400)
        {
            // To follow a redirect would give the key to another server.
            return new ModelException(
                ModelFault.Unavailable, $"Gemini answered {(int)response.StatusCode}; redirects are not followed.");
        }

        var error = await ReadError(response.Content, cancellationToken);
        return ToException(response.StatusCode, error, RetryAfter(response, time), key);
    }

    private static async Task<RpcStatus?> ReadError(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await content.ReadAsStreamAsync(cancellationToken);
            var bytes = new byte[MaxBodyBytes];
            var length = await body.ReadAtLeastAsync(bytes, MaxBodyBytes, throwOnEndOfStream: false, cancellationToken);
            return ReadException(bytes.AsSpan(0, length));
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException or InvalidDataException)
        {
            // The status is enough.
            return null;
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static ModelFault Classify(int status, RpcStatus? error, TimeSpan? wait) => status switch
    {
        400 when IsMisconfigured(error) => ModelFault.Config,
        400 when IsTooLong(error?.Message) => ModelFault.TooLong,
        400 => IsSignature(error?.Message) ? ModelFault.InvalidSignature : ModelFault.Rejected,
        401 or 402 or 403 or 404 => ModelFault.Config,
        429 when IsDaily(error) || wait > DailyQuotaThreshold => ModelFault.DailyQuota,
        408 or 429 or 499 => ModelFault.Unavailable,
        413 => ModelFault.TooLong,
        > 400 and < 500 => ModelFault.Rejected,
        _ => ModelFault.Unavailable,
    };

    private static TimeSpan? CapDelay(TimeSpan? wait) => wait > MaxOverloadDelay ? MaxOverloadDelay : wait;

    private static bool IsMisconfigured(RpcStatus? error) =>
        error?.Status is "FAILED_PRECONDITION"
        || error?.Details?.Exists(detail => detail?.Reason is "API_KEY_INVALID") is true;

    private static bool IsTooLong(string? message) => message is not null && TooLongPattern().IsMatch(message);

    private static bool IsSignature(string? message) => message is not null && SignaturePattern().IsMatch(message);

    private static bool IsDaily(RpcStatus? error) =>
        error?.Details?.Exists(detail => detail?.Violations?.Exists(IsDaily) is true) is true;

    private static bool IsDaily(QuotaViolation? violation) =>
        violation?.QuotaId is { } quota
        && (quota.Contains("PerDay", StringComparison.OrdinalIgnoreCase)
            || quota.Contains("Daily", StringComparison.OrdinalIgnoreCase));

    // google.rpc.Code as HTTP status, for an error within a stream that has no number.
    private static int ToHttpStatus(string? status) => status switch
    {
        "INVALID_ARGUMENT" or "FAILED_PRECONDITION" or "OUT_OF_RANGE" => 400,
        "UNAUTHENTICATED" => 401,
        "PERMISSION_DENIED" => 403,
        "NOT_FOUND" => 404,
        "RESOURCE_EXHAUSTED" => 429,
        "CANCELLED" => 499,
        "UNAVAILABLE" => 503,
        "DEADLINE_EXCEEDED" => 504,
        _ => 500,
    };

    // A rejection can quote the request, so its text must not be logged.
    private static string Describe(int status, ModelFault fault, RpcStatus? error, string key)
    {
        var what = $"Gemini answered {status} {error?.Status}".TrimEnd();
        if (fault is ModelFault.Rejected or ModelFault.TooLong || string.IsNullOrEmpty(error?.Message))
        {
            return what + ".";
        }

        var text = key.Length > 0 ? error.Message.Replace(key, "***", StringComparison.Ordinal) : error.Message;
        return $"{what}: {(text.Length > MaxMessageLength ? text[..MaxMessageLength] : text)}";
    }

    // This error has no special reason or detail, and its text differs by service: "The input token count (9) exceeds
    // the maximum number of tokens allowed (8)", "the input token count is 9 but model only supports up to 8", "Request
    // payload size exceeds the limit".
    [GeneratedRegex(
        "token count.*(exceeds|supports up to)|payload size exceeds",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TooLongPattern();

    // "Corrupted thought signature.", "Invalid thought signature", "Function call `x` is missing a `thought_signature`".
    [GeneratedRegex(
        "thought.?signature",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SignaturePattern();
}
