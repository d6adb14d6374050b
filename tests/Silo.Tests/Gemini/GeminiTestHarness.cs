using GeminiChat.Grains.Model;
using GeminiChat.Fakes;
using GeminiChat.Silo.Gemini;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>The client under test and the fake Gemini that it talks to.</summary>
internal sealed class GeminiTestHarness : IAsyncDisposable
{
    private GeminiTestHarness(FakeGemini fake, GeminiChatClient client) => (Fake, Client) = (fake, client);

    public FakeGemini Fake { get; }

    public GeminiChatClient Client { get; }

    public static async Task<GeminiTestHarness> Start(Script script, TimeProvider? time = null)
    {
        var fake = await FakeGemini.Start();
        fake.ReplyAlways(script);
        return new GeminiTestHarness(fake, ClientOf(fake.BaseUrl, time));
    }

    public static GeminiChatClient ClientOf(string baseUrl, TimeProvider? time = null) => new(
        GeminiHosting.CreateHttpClient(baseUrl),
        Options.Create(new GeminiOptions { ApiKey = FakeGemini.Key, BaseUrl = baseUrl }),
        time ?? TimeProvider.System,
        NullLogger<GeminiChatClient>.Instance);

    public Task<StreamResult> Ask(string text = "hello") => StreamResult.ReadAll(Stream(text));

    public IAsyncEnumerable<ChatResponseUpdate> Stream(string text = "hello") =>
        Client.GetStreamingResponseAsync(
            [new ChatMessage(ChatRole.User, text)],
            cancellationToken: TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Fake.DisposeAsync();
    }
}

/// <summary>All that came of one call: the updates, and the fault that ended it.</summary>
internal sealed record StreamResult(IReadOnlyList<ChatResponseUpdate> Updates, ModelException? Exception)
{
    public string Text => string.Concat(Updates.Select(update => update.Text));

    public ModelFault? Fault => Exception?.Fault;

    /// <summary>The last update of a call that ended well.</summary>
    public ChatResponseUpdate Last
    {
        get
        {
            Assert.Null(Exception);
            return Updates[^1];
        }
    }

    public static async Task<StreamResult> ReadAll(IAsyncEnumerable<ChatResponseUpdate> stream)
    {
        var updates = new List<ChatResponseUpdate>();
        try
        {
            await foreach (var update in stream)
            {
                updates.Add(update);
            }

            return new StreamResult(updates, Exception: null);
        }
        catch (ModelException exception)
        {
            return new StreamResult(updates, exception);
        }
    }
}
