using System.Globalization;
using System.Text.Json.Nodes;

namespace GeminiChat.Fakes;

/// <summary>Lists as Stripe gives them: a page at a time, the newest first.</summary>
internal static class StripeListWriter
{
    /// <summary>All of a short list.</summary>
    public static JsonObject Of(IReadOnlyList<JsonObject> items, string url, bool hasMore = false) => new()
    {
        ["object"] = "list",
        ["url"] = url,
        ["has_more"] = hasMore,
        ["data"] = new JsonArray([.. items]),
    };

    /// <summary>The page that <c>limit</c> and <c>starting_after</c> ask for.</summary>
    public static JsonObject Of(IReadOnlyList<JsonObject> items, string url, StripeForm form)
    {
        var limit = int.Parse(form["limit"] ?? "10", CultureInfo.InvariantCulture);
        if (limit is < 1 or > 100)
        {
            throw FakeStripeError.Invalid("Invalid limit: must be from 1 to 100", "limit");
        }

        var rest = form["starting_after"] is { } last ? [.. items.SkipWhile(item => (string)item["id"]! != last).Skip(1)] : items;
        return Of([.. rest.Take(limit)], url, rest.Count > limit);
    }
}
