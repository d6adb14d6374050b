using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>The <c>If-Match</c> header (RFC 9110, 13.1.1) where a version in quotes is the entity tag.</summary>
internal static class IfMatch
{
    public const string Meaning = "The version that the change is meant for, in quotes, such as `\"3\"`; `*` for any.";

    public static Problem Malformed { get; } = Problems.BadRequest("If-Match must be a version in quotes, or *.");

    /// <summary>The tag of a version.</summary>
    public static string Tag(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Reads the header.</summary>
    /// <param name="request">The request.</param>
    /// <param name="versions">One of these must match; null when any version does.</param>
    /// <param name="problem">Why the header is refused.</param>
    public static bool TryRead(
        HttpRequest request, out ImmutableArray<long>? versions, [NotNullWhen(false)] out Problem? problem)
    {
        (versions, problem) = (null, null);
        var header = request.Headers.IfMatch;
        if (header.Count == 0)
        {
            return true;
        }

        if (!EntityTagHeaderValue.TryParseStrictList(header, out var tags))
        {
            problem = Malformed;
            return false;
        }

        if (!tags.Contains(EntityTagHeaderValue.Any))
        {
            // The strong comparison: a weak tag matches nothing, nor does one that we never gave.
            versions = [.. tags.Where(tag => !tag.IsWeak).Select(Version).OfType<long>()];
        }

        return true;
    }

    private static long? Version(EntityTagHeaderValue tag) =>
        long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
}
