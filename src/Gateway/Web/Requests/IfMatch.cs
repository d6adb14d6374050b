using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Web;

/// <summary>The <c>If-Match</c> header (RFC 9110, 13.1.1) where a version in quotes is the entity tag.</summary>
/// <param name="versions">One of these must match; null when any version does.</param>
/// <param name="problem">Why the header is invalid.</param>
internal sealed class IfMatch(ImmutableArray<long>? versions, Problem? problem) : IValidatedParameter, IEndpointParameterMetadataProvider
{
    public const string Description = "The version that the change is meant for, in quotes, such as `\"3\"`; `*` for any.";

    private static readonly Problem Malformed = Problems.BadRequest("If-Match must be a version in quotes, or *.");

    /// <summary>One of these must match; null when any version does.</summary>
    public ImmutableArray<long>? Versions => versions;

    public Problem? Problem => problem;

    /// <summary>The tag of a version.</summary>
    public static string ToETag(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

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

        // The strong comparison: a weak tag matches nothing, nor does one that we never gave.
        return tags.Contains(EntityTagHeaderValue.Any)
            ? new IfMatch(null, null)
            : new IfMatch([.. tags.Where(tag => !tag.IsWeak).Select(Version).OfType<long>()], null);
    }

    private static long? Version(EntityTagHeaderValue tag) =>
        long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
}
