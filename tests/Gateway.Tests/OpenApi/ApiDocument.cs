using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace GeminiChat.Gateway.Tests.OpenApi;

/// <summary>The OpenAPI document as a gateway serves it.</summary>
internal sealed class ApiDocument(JsonElement root)
{
    // Those of every server, and what it says to caches and browsers.
    private static readonly string[] FrameworkHeaders =
    [
        "Cache-Control", "Connection", "Content-Length", "Content-Security-Policy", "Content-Type", "Date", "Referrer-Policy", "Transfer-Encoding", "Vary",
        "X-Accel-Buffering", "X-Content-Type-Options", "X-Robots-Tag",
    ];

    public SchemaValidator Schemas { get; } = new(root);

    public IReadOnlyList<ApiOperation> Operations { get; } =
        [.. from path in root.GetProperty("paths").EnumerateObject()
            from method in path.Value.EnumerateObject()
            select new ApiOperation(method.Name.ToUpperInvariant(), path.Name, method.Value)];

    public static async Task<ApiDocument> ReadAsync(HttpClient client) =>
        new(JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json")).RootElement);

    /// <summary>The operation of a request; null when there is none.</summary>
    public ApiOperation? Find(string method, string path) =>
        Operations.SingleOrDefault(one => one.Method == method && one.Path == path)
        ?? Operations.SingleOrDefault(one => one.Method == method && one.MatchesPath(path));

    /// <summary>The data of an event fits the schema of its stream, and names the event.</summary>
    public void AssertEvent(string stream, SseItem<string> item)
    {
        Assert.Equal(item.EventType, JsonElement.Parse(item.Data).Text("type"));
        AssertData(stream, item);
    }

    /// <summary>The same for a stream whose events have no names.</summary>
    public void AssertData(string stream, SseItem<string> item) =>
        Assert.Empty(Schemas.FindErrors(Schemas.Resolve($"#/components/schemas/{stream}"), JsonElement.Parse(item.Data)));

    /// <summary>
    /// The answer is documented: its status, its form, its members, and its headers. Gives its body, unless
    /// that comes bit by bit.
    /// </summary>
    public async Task<JsonElement?> AssertDocumentedAsync(HttpResponseMessage answer)
    {
        var request = answer.RequestMessage!;
        var operation = Find(request.Method.Method, request.RequestUri!.AbsolutePath);
        Assert.True(operation is not null, $"{request.Method} {request.RequestUri.AbsolutePath} is not documented.");
        var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        Assert.True(operation.Answers.TryGetProperty(status, out var documented), $"{operation} answers {status}, undocumented.");
        var headers = documented.TryGetProperty("headers", out var some) ? some.Names() : [];
        var sent = answer.Headers.Concat(answer.Content.Headers).Select(one => one.Key).Except(FrameworkHeaders, StringComparer.OrdinalIgnoreCase);
        Assert.Empty(sent.Except(headers, StringComparer.Ordinal));

        var type = answer.Content.Headers.ContentType?.MediaType;
        Assert.Equal(type is not null, documented.TryGetProperty("content", out var forms));
        if (type is null)
        {
            return null;
        }

        Assert.True(forms.TryGetProperty(type, out var form), $"{operation} answers {status} with {type}, undocumented.");
        if (!type.EndsWith("json", StringComparison.Ordinal))
        {
            return null;
        }

        var body = await answer.ReadJsonAsync();
        Assert.Empty(Schemas.FindErrors(form.GetProperty("schema"), body));
        return body;
    }
}

/// <summary>A method at a path.</summary>
internal sealed record ApiOperation(string Method, string Path, JsonElement Json)
{
    public JsonElement Answers => Json.GetProperty("responses");

    public bool NeedsToken => Json.GetProperty("security").GetArrayLength() > 0;

    public JsonElement? Body => Json.TryGetProperty("requestBody", out var body)
        ? body.GetProperty("content").EnumerateObject().Single().Value
        : null;

    public IReadOnlyList<JsonElement> Parameters =>
        Json.TryGetProperty("parameters", out var all) ? [.. all.EnumerateArray()] : [];

    /// <summary>Where its examples are: its path with the examples of the parameters.</summary>
    public string ExamplePath => Parameters.Where(one => one.Text("in") == "path").Aggregate(
        Path, (path, one) => path.Replace($"{{{one.Text("name")}}}", one.GetProperty("example").ToString(), StringComparison.Ordinal));

    /// <summary>The examples of a body's or an answer's form.</summary>
    public static IEnumerable<JsonElement> Examples(JsonElement form) => form.TryGetProperty("example", out var only) ? [only]
        : form.TryGetProperty("examples", out var several) ? several.EnumerateObject().Select(one => one.Value.GetProperty("value"))
        : [];

    public bool MatchesPath(string path)
    {
        var (own, other) = (Path.Split('/'), path.Split('/'));
        return own.Length == other.Length && own.Zip(other).All(pair => pair.First.StartsWith('{') || pair.First == pair.Second);
    }

    public override string ToString() => $"{Method} {Path}";
}
