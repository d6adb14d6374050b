using GeminiChat.Grains.Model;
using GeminiChat.Played;
using GeminiChat.Silo.Gemini;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>The client under test and the played Gemini that it talks to.</summary>
internal sealed class GeminiPair : IAsyncDisposable
{
    private GeminiPair(PlayedGemini played, GeminiChatClient client) => (Played, Client) = (played, client);

    public PlayedGemini Played { get; }

    public GeminiChatClient Client { get; }

    public static async Task<GeminiPair> Start(Script script, TimeProvider? time = null)
    {
        var played = await PlayedGemini.Start();
        played.Always(script);
        return new GeminiPair(played, ClientOf(played.BaseUrl, time));
    }

    public static GeminiChatClient ClientOf(string baseUrl, TimeProvider? time = null) => new(
        GeminiHosting.CreateHttp(baseUrl),
        Options.Create(new GeminiOptions { ApiKey = PlayedGemini.Key, BaseUrl = baseUrl }),
        time ?? TimeProvider.System,
        NullLogger<GeminiChatClient>.Instance);

    public Task<Heard> Ask(string text = "hello") => Heard.From(Stream(text));

    public IAsyncEnumerable<ChatResponseUpdate> Stream(string text = "hello") =>
        Client.GetStreamingResponseAsync(
            [new ChatMessage(ChatRole.User, text)],
            cancellationToken: TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Played.DisposeAsync();
    }
}

/// <summary>All that came of one call: the updates, and the fault that ended it.</summary>
internal sealed record Heard(IReadOnlyList<ChatResponseUpdate> Updates, ModelException? Exception)
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

    public static async Task<Heard> From(IAsyncEnumerable<ChatResponseUpdate> stream)
    {
        var updates = new List<ChatResponseUpdate>();
        try
        {
            await foreach (var update in stream)
            {
                updates.Add(update);
            }

            return new Heard(updates, Exception: null);
        }
        catch (ModelException exception)
        {
            return new Heard(updates, exception);
        }
    }
}
