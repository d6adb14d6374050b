using GeminiChat.Fakes;

// Most of the time a test waits for the process that it has started.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]

namespace GeminiChat.EndToEnd.Tests;

/// <summary>One running gateway and the Gemini that it calls, for the tests of a class.</summary>
public class GatewayFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public FakeGemini Gemini { get; private set; } = null!;

    public GatewayProcess Gateway { get; private set; } = null!;

    /// <summary>Where the gateway keeps its files.</summary>
    public string Data => Path.Combine(_folder.Path, "data");

    /// <summary>Settings besides the model's address.</summary>
    protected virtual (string Name, string Value)[] Settings => [];

    public virtual async ValueTask InitializeAsync()
    {
        Gemini = await FakeGemini.Start(new FakeGeminiOptions { Conversation = request => request.FirstText });
        await Start();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Gemini.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts a gateway, with the settings as they are now.</summary>
    protected async Task Start() => Gateway = await GatewayProcess.Start(
        _folder.Path, [("GEMINI_API_KEY", FakeGemini.Key), ("GEMINI_BASE_URL", Gemini.BaseUrl), .. Settings]);

    /// <summary>Starts the gateway again if a test has ended it.</summary>
    internal Task RestartIfStopped() => Gateway.HasExited || Gateway.IsStopping ? Gateway.Restart() : Task.CompletedTask;

    /// <summary>A room of a new user.</summary>
    internal async Task<ModelFaultRoom> NewRoom()
    {
        var user = await ChatUser.SignIn(Gateway.Http);
        return new ModelFaultRoom(user, await user.NewRoom(), Gemini, Gemini.Calls.Total);
    }
}
