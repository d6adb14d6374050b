using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeminiChat.Fakes;

/// <content>Errors in place of a reply, and inside one.</content>
public sealed partial record Script
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>An error in place of a reply.</summary>
    /// <param name="code">The HTTP status.</param>
    /// <param name="status">Its name among Google's codes.</param>
    /// <param name="message">For people.</param>
    /// <param name="details">Objects with an <c>@type</c>.</param>
    public static Script Error(int code, string status, string message, params JsonObject[] details) =>
        new(exchange =>
        {
            var body = ErrorJson(code, status, message, details);
            var isArray = exchange.Request is { IsSse: false, Method: "streamGenerateContent" };
            return exchange.Respond(code, isArray ? $"[{body}\n]\n" : body + "\n");
        });

    /// <summary>429: too much in this minute, and when to come again.</summary>
    public static Script RateLimited(string retryDelay = "3.5s") =>
        Error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", Quota("GenerateRequestsPerMinutePerProjectPerModel"), RetryInfo(retryDelay));

    /// <summary>429: too much for this day. The service names a short delay all the same.</summary>
    public static Script DailyQuota() =>
        Error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", Quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier"), RetryInfo("34.074824224s"));

    public static Script InvalidKey() =>
        Error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", ErrorInfo("API_KEY_INVALID"));

    public static Script BadRequest(string message = "Request contains an invalid argument.") =>
        Error(400, "INVALID_ARGUMENT", message);

    /// <summary>400: the prompt has more tokens than the model reads.</summary>
    public static Script TooLong() =>
        BadRequest("The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).");

    public static Script RegionNotSupported() =>
        Error(400, "FAILED_PRECONDITION", "User location is not supported for the API use.");

    public static Script CreditUsedUp() => Error(402, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.");

    public static Script Forbidden() => Error(403, "PERMISSION_DENIED", "The caller does not have permission");

    public static Script ModelNotFound() =>
        Error(404, "NOT_FOUND", "models/x is not found for API version v1beta, or is not supported for generateContent.");

    public static Script InternalError() => Error(500, "INTERNAL", "An internal error has occurred.");

    public static Script Overloaded() => Error(503, "UNAVAILABLE", "The model is overloaded. Please try again later.");

    public static Script DeadlineExceeded() => Error(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.");

    /// <summary>302 to somewhere else.</summary>
    public static Script Redirect(string location) => new(exchange =>
    {
        exchange.Header("Location", location);
        return exchange.Respond(302, string.Empty);
    });

    /// <summary>Answers with a header beside.</summary>
    public Script WithHeader(string name, string value) => With(exchange => exchange.Header(name, value));

    /// <summary>An overload within a reply as it was seen: JSON over several lines, without <c>data:</c>.</summary>
    public static Script BareError(int code = 503, string status = "UNAVAILABLE") =>
        Raw(ErrorJson(code, status, "The model is overloaded. Please try again later.") + "\n");

    /// <summary>The other form of it: an event.</summary>
    public static Script DataError(int code = 503, string status = "UNAVAILABLE", params JsonObject[] details)
    {
        var error = JsonNode.Parse(ErrorJson(code, status, "The model is overloaded. Please try again later.", details))!;
        return Raw("data: " + error.ToJsonString() + "\r\n\r\n");
    }

    public static JsonObject RetryInfo(string delay) => Detail("RetryInfo", ("retryDelay", delay));

    public static JsonObject ErrorInfo(string reason) => Detail("ErrorInfo", ("reason", reason), ("domain", "googleapis.com"));

    public static JsonObject Quota(string quotaId) => Detail(
        "QuotaFailure",
        ("violations", new JsonArray(new JsonObject { ["quotaMetric"] = "generate_requests", ["quotaId"] = quotaId, ["quotaValue"] = "10" })));

    private static JsonObject Detail(string type, params ReadOnlySpan<(string Name, JsonNode Value)> members)
    {
        var detail = new JsonObject { ["@type"] = "type.googleapis.com/google.rpc." + type };
        foreach (var (name, value) in members)
        {
            detail[name] = value;
        }

        return detail;
    }

    private static string ErrorJson(int code, string status, string message, params JsonObject[] details)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message, ["status"] = status };
        if (details.Length > 0)
        {
            // A node has one parent, and a script can be played twice.
            error["details"] = new JsonArray([.. details.Select(detail => detail.DeepClone())]);
        }

        return new JsonObject { ["error"] = error }.ToJsonString(Indented);
    }
}
