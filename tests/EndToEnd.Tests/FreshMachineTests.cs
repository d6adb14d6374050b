using System.Text.Json;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>The program with nothing set.</summary>
public sealed class FreshMachineTests(FreshMachineTests.UnconfiguredGateway fixture) : IClassFixture<FreshMachineTests.UnconfiguredGateway>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_configuration_the_offline_assistant_answers_and_says_so()
    {
        var user = await ChatUser.SignIn(fixture.Gateway.Http);
        var room = await user.NewRoom();
        var events = await user.Ask(room, "What is a virtual actor?");
        Assert.Equal("accepted", events[0].EventType);
        Assert.Equal("done", events[^1].EventType);
        Assert.True(events.Count > 5);
        Assert.Contains("offline", events.Text(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("GEMINI_API_KEY", events.Text(), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(fixture.Folder, "data", "geminichat.db")));
    }

    [Fact]
    public async Task The_start_up_log_entry_warns_of_each_development_default()
    {
        var gateway = fixture.Gateway;
        await gateway.WaitForLog("is running");

        var told = Assert.Single(gateway.Output.Split('\n'), line => line.Contains("is running", StringComparison.Ordinal));
        var entry = JsonElement.Parse(told).GetProperty("State");
        Assert.Contains($"address: {gateway.Address.GetLeftPart(UriPartial.Authority)}; ", entry.GetProperty("Parts").GetString(), StringComparison.Ordinal);
        Assert.Contains(Path.Combine(fixture.Folder, "data", "geminichat.db"), entry.GetProperty("Parts").GetString(), StringComparison.Ordinal);
        Assert.All(
            ["SECRET_KEY", "OTP_DELIVERY=response", "GEMINI_API_KEY", "STRIPE_SECRET_KEY", "ASPNETCORE_ENVIRONMENT"],
            name => Assert.Contains(name, entry.GetProperty("Warnings").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_process_on_the_same_database_fails_at_start_and_says_so()
    {
        await using var second = GatewayProcess.Launch(fixture.Folder);
        Assert.NotEqual(0, await second.WaitForExit());
        Assert.Contains("in use by another process", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Output, StringComparison.Ordinal);
        await ChatUser.SignIn(fixture.Gateway.Http);
    }

    [Theory]
    [InlineData("DATABASE_URL=mysql://user:hidden@host/db")]
    [InlineData("CLUSTERING=maybe")]
    [InlineData("SILO_PORT=many")]
    [InlineData("ASPNETCORE_FORWARDEDHEADERS_ENABLED=true")]
    [InlineData("SECRET_KEY=short", "GEMINI_BASE_URL=http://example.org/v1beta", "OTP_DELIVERY=pigeon", "GEMINI_CONTEXT_TOKENS=lots")]
    public async Task Wrong_settings_end_the_start_with_a_line_that_names_each(params string[] settings)
    {
        var pairs = settings.Select(setting => setting.Split('=', 2)).Select(pair => (Name: pair[0], Value: pair[1])).ToArray();
        await using var gateway = GatewayProcess.Launch(_folder.Path, pairs);
        Assert.NotEqual(0, await gateway.WaitForExit());
        Assert.All(pairs, pair => Assert.Contains(pair.Name, gateway.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", gateway.Output, StringComparison.Ordinal);
    }

    public sealed class UnconfiguredGateway : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        public GatewayProcess Gateway { get; private set; } = null!;

        public string Folder => _folder.Path;

        public async ValueTask InitializeAsync() => Gateway = await GatewayProcess.Start(_folder.Path);

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            _folder.Dispose();
        }
    }
}
