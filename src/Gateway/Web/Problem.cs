using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace GeminiChat.Gateway.Web;

/// <summary>An error answer: <c>application/problem+json</c>, RFC 9457; for a person who follows a link to nothing, a page.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="detail">What is wrong, for a person to read. Never the message of an exception.</param>
/// <param name="retryAfter">See <see cref="RetryAfter"/>.</param>
internal sealed class Problem(int status, string detail, int? retryAfter = null) : IResult
{
    public const string MediaType = "application/problem+json";

    public int Status => status;

    /// <summary>What is wrong, for a person to read.</summary>
    public string Detail => detail;

    /// <summary>Sent as <c>Retry-After</c>, in seconds.</summary>
    public int? RetryAfter => retryAfter;

    /// <summary>The limit that was reached, if any.</summary>
    public RateLimitPolicy? RateLimit { get; init; }

    /// <summary>The usage of the day, if the daily limit was reached.</summary>
    public DailyUsage? Usage { get; init; }

    /// <summary>Where to manage the subscription that prevents the request, if any.</summary>
    public string? PortalUrl { get; init; }

    /// <summary>The tier that allows the request, if another one than the user's does.</summary>
    public Tier? RequiredTier { get; init; }

    /// <summary>Of a failed reply, why.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a failed reply, whether asking again can help.</summary>
    public bool? IsRetryable { get; init; }

    /// <summary>What kind of problem it is, if the status does not say it: one of <see cref="ProblemTypes"/>.</summary>
    public string Type { get; init; } = ProblemTypes.None;

    /// <summary>How many or how large at most, if that is what the request exceeds.</summary>
    public int? Limit { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        if (status is StatusCodes.Status404NotFound && NotFoundPage.IsFor(httpContext.Request))
        {
            await NotFoundPage.Create(Type, httpContext).ExecuteAsync(httpContext);
            return;
        }

        response.StatusCode = status;
        response.Headers.CacheControl = ResponseHeaderExtensions.NoStore;
        if (retryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        RateLimit?.WriteHeaders(response, remaining: 0, retryAfter);
        var isText = PlainTextProblems.IsFor(httpContext.Request);
        response.ContentType = isText ? PlainTextProblems.MediaType : MediaType;
        var body = isText
            ? Encoding.UTF8.GetBytes(detail)
            : JsonSerializer.SerializeToUtf8Bytes(ToBody(httpContext.Request.Path), Json.Context.ProblemBody);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }

    /// <summary>The problem details of the resource at a path.</summary>
    public ProblemBody ToBody(PathString instance) =>
        new(Type, ReasonPhrases.GetReasonPhrase(status), status, detail, instance.ToUriComponent())
        {
            Reason = Reason,
            Retryable = IsRetryable,
            Limit = Usage?.Limit ?? Limit,
            Used = Usage?.Used,
            ResetsAt = Usage?.ResetsAt,
            PortalUrl = PortalUrl,
            RequiredTier = RequiredTier?.ToString(),
        };
}

/// <summary>RFC 9457's members, and our own for a reply that failed, the daily limit and a subscription.</summary>
/// <param name="Type">
/// What kind of problem it is: one of the types that the description of this API lists, or <c>about:blank</c> if the status says enough.
/// </param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong, for a person to read.</param>
/// <param name="Instance">The path that was asked for.</param>
/// <param name="Reason">Of a failed reply, why; the same word as in the message's <c>error</c>.</param>
/// <param name="Retryable">Of a failed reply, whether asking again can help.</param>
/// <param name="Limit">Of a daily limit, the messages that one may send, or the searches; of another limit, how many or how large at most.</param>
/// <param name="Used">Of a daily limit, the messages of today, without those given back, or the searches.</param>
/// <param name="ResetsAt">Of the daily limit, when there are more.</param>
/// <param name="PortalUrl">Where to manage the subscription that is in the way of another.</param>
/// <param name="RequiredTier">The tier that allows the request, <c>Basic</c> or <c>Pro</c>.</param>
internal sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Instance,
    string? Reason = null,
    bool? Retryable = null,
    int? Limit = null,
    int? Used = null,
    DateTimeOffset? ResetsAt = null,
    string? PortalUrl = null,
    [property: EnumNames<Tier>] string? RequiredTier = null);
