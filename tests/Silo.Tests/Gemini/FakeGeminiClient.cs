using System.Net.Http.Json;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>A fake Gemini and a plain HTTP client before it.</summary>
internal sealed class FakeGeminiClient : IAsyncDisposable
{
    public const string Model = "gemini-3.8-flash";
    private readonly HttpClient _http = new();

    private FakeGeminiClient(FakeGemini fake)
    {
        Fake = fake;
        _http.DefaultRequestHeaders.Add("x-goog-api-key", FakeGemini.Key);
    }

    public FakeGemini Fake { get; }

    public static async Task<FakeGeminiClient> Start(FakeGeminiOptions? options = null) => new(await FakeGemini.Start(options));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Fake.DisposeAsync();
    }

    /// <summary>Asks a model; gives the events of its answer.</summary>
    public async Task<JsonElement[]> Stream(string body = """{"contents":[{"role":"user","parts":[{"text":"hello"}]}]}""", string model = Model)
    {
        using var answer = await Post(body, model, "streamGenerateContent");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return [.. (await Json(answer)).EnumerateArray()];
    }

    /// <summary>Asks a model for an answer in one body.</summary>
    public async Task<JsonElement> Ask(string body, string model = Model)
    {
        using var answer = await Post(body, model, "generateContent");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await Json(answer);
    }

    /// <summary>Asks a model; gives the text of its refusal, or null when it answers.</summary>
    public async Task<string?> Refusal(string body, string model = Model)
    {
        using var answer = await Post(body, model, "generateContent");
        if (answer.IsSuccessStatusCode)
        {
            return null;
        }

        var error = (await Json(answer)).GetProperty("error");
        Assert.Equal((400, "INVALID_ARGUMENT"), ((int)answer.StatusCode, error.GetProperty("status").GetString()));
        return error.GetProperty("message").GetString();
    }

    public Task<JsonElement> Get(string path) => _http.GetFromJsonAsync<JsonElement>(Fake.BaseUrl + path, TestContext.Current.CancellationToken);

    public static JsonElement[] Parts(JsonElement reply) =>
        reply.GetProperty("candidates")[0].TryGetProperty("content", out var content) ? [.. content.GetProperty("parts").EnumerateArray()] : [];

    private Task<HttpResponseMessage> Post(string body, string model, string method) =>
        _http.PostAsync($"{Fake.BaseUrl}/v1beta/models/{model}:{method}", new StringContent(body), TestContext.Current.CancellationToken);

    private static Task<JsonElement> Json(HttpResponseMessage answer) =>
        answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
}
