using GeminiChat.Played;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A gateway with little patience, and the Gemini it calls.</summary>
public sealed class ModelFaultFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private GatewayProcess _gateway = null!;

    public PlayedGemini Gemini { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Gemini = await PlayedGemini.Start();
        _gateway = await GatewayProcess.Start(
            _folder.Path,
            ("GEMINI_API_KEY", PlayedGemini.Key),
            ("GEMINI_BASE_URL", Gemini.BaseUrl),
            ("GEMINI_IDLE_SECONDS", "5"),
            ("GEMINI_TOTAL_SECONDS", "15"));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await Gemini.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A room whose model plays these, and then answers well.</summary>
    internal async Task<FaultyRoom> Room(params Script[] scripts)
    {
        var user = await ChatUser.SignIn(_gateway.Http);
        Gemini.Always(Script.Words("well again"));
        Gemini.Next(scripts);
        return new FaultyRoom(user, await user.NewRoom(), Gemini, Gemini.Calls.Total);
    }

    /// <summary>What the process has logged.</summary>
    internal string Log => _gateway.Output;
}
