using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GeminiChat.Fakes;

/// <summary>A page of a list, as Google's interfaces give it: <c>pageSize</c>, <c>pageToken</c>, <c>nextPageToken</c>.</summary>
internal static class Page
{
    private const int DefaultSize = 10;

    public static JsonObject Of(string member, IEnumerable<JsonObject> all, IQueryCollection query)
    {
        var size = Number(query["pageSize"], DefaultSize);
        var start = Number(query["pageToken"], 0);
        JsonObject[] rest = [.. all.Skip(start)];
        var page = new JsonObject();
        if (rest.Length > 0)
        {
            page[member] = new JsonArray([.. rest.Take(size)]);
        }

        if (rest.Length > size)
        {
            page["nextPageToken"] = (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return page;
    }

    private static int Number(string? text, int otherwise) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : otherwise;
}
