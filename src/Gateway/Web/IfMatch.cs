using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Web;

/// <summary>The <c>If-Match</c> header (RFC 9110, 13.1.1). The entity tag is a version in quotes.</summary>
/// <param name="Versions">One of these must match; null if any version is accepted.</param>
/// <param name="Problem">Why the header is invalid.</param>
internal sealed record IfMatch(ImmutableArray<long>? Versions, Problem? Problem) : IValidatedParameter, IEndpointParameterMetadataProvider
{
    public const string Description = "The version that the change is meant for, in quotes, such as `\"3\"`, or the `ETag` of the room; `*` for any.";

    private const char HashSeparator = '-';

    private static readonly Problem Malformed = Problems.BadRequest("If-Match must be a version in quotes, or *.");

    public static string ToETag(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The entity tag of an answer that has more than what the version counts.</summary>
    public static string ToETag(long? version, string hash) =>
        version is null ? $"\"{hash}\"" : string.Create(CultureInfo.InvariantCulture, $"\"{version}{HashSeparator}{hash}\"");

    public static ValueTask<IfMatch> BindAsync(HttpContext context) => new(Parse(context.Request));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter(HeaderNames.IfMatch, ParameterLocation.Header));
        builder.Metadata.Add(new ProblemResponse(Malformed));
    }

    private static IfMatch Parse(HttpRequest request)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0)
        {
            return new IfMatch(null, null);
        }

        if (!EntityTagHeaderValue.TryParseStrictList(header, out var tags))
        {
            return new IfMatch(null, Malformed);
        }

        // The strong comparison: a weak tag matches nothing. A tag that is not a number matches nothing either.
        return tags.Contains(EntityTagHeaderValue.Any)
            ? new IfMatch(null, null)
            : new IfMatch([.. tags.Where(tag => !tag.IsWeak).Select(Version).OfType<long>()], null);
    }

    private static long? Version(EntityTagHeaderValue tag)
    {
        var text = tag.Tag.AsSpan().Trim('"');
        var end = text.IndexOf(HashSeparator);
        return long.TryParse(end < 0 ? text : text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }
}
