using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Web;

/// <summary>The <c>Idempotency-Key</c> header: 1 to 255 visible ASCII characters, once.</summary>
/// <param name="Value">Null if the client sent no such header.</param>
/// <param name="Problem">Why the header is invalid.</param>
internal sealed record IdempotencyKey(string? Value, Problem? Problem) : IValidatedParameter, IEndpointParameterMetadataProvider
{
    public const string HeaderName = "Idempotency-Key";

    public const string Description =
        "1 to 255 visible ASCII characters. A repeat with the same key gets the outcome of the first request. After a 503 "
        + "or a lost connection it is unknown whether the request was carried out: repeat it with the same key.";

    private static readonly Problem Malformed =
        Problems.BadRequest($"{HeaderName} must be 1 to {SizeLimits.MaxIdempotencyKeyLength} visible ASCII characters.");

    public static ValueTask<IdempotencyKey> BindAsync(HttpContext context) => new(
        !context.Request.Headers.TryGetValue(HeaderName, out var values) ? new IdempotencyKey(null, null)
        : IsValid(values) ? new IdempotencyKey(values[0], null)
        : new IdempotencyKey(null, Malformed));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter(HeaderName, ParameterLocation.Header));
        builder.Metadata.Add(new ProblemResponse(Malformed));
    }

    /// <summary>Whether a text can be a key.</summary>
    public static bool IsValid(StringValues values) =>
        values is [{ Length: >= 1 and <= SizeLimits.MaxIdempotencyKeyLength } key] && !key.AsSpan().ContainsAnyExceptInRange('!', '~');
}
