using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Tests;

/// <summary>Reads and checks what the gateway answered.</summary>
internal static class HttpTestExtensions
{
    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, string json, string? key = null, string? accept = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Json(json) };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public static async Task<JsonElement> ReadJsonAsync(this HttpResponseMessage response)
    {
        await using var body = await response.Content.ReadAsStreamAsync();
        return (await JsonDocument.ParseAsync(body)).RootElement;
    }

    /// <summary>The answer to a request for a code, without its id, which is another each time.</summary>
    public static async Task<string> WithoutRequestId(this HttpResponseMessage response)
    {
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        Assert.True(body.Remove("request_id"));
        return body.ToJsonString();
    }

    /// <summary>The answer has the status and RFC 9457's members; gives its detail.</summary>
    public static async Task<string> ReadProblemAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.ReadJsonAsync();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.True(problem.Text("type") is ProblemTypes.None || ProblemTypes.All.Any(one => one.Type == problem.Text("type")), problem.Text("type"));
        Assert.NotEmpty(problem.Text("title"));
        Assert.Equal(response.RequestMessage!.RequestUri!.AbsolutePath, problem.Text("instance"));
        Assert.True(response.Headers.RetryAfter is not null == status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable);
        return problem.Text("detail");
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static IEnumerable<string> Names(this JsonElement element) => element.EnumerateObject().Select(member => member.Name);
}
