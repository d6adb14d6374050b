using System.Net;
using System.Net.Sockets;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A program that cannot start says why in one line: what is wrong, and which setting it comes from.</summary>
public sealed class StartErrorTests : IDisposable
{
    private const string Silo = "CLUSTERING=redis;SILO_ADDRESS=127.0.0.1;SECRET_KEY=kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk;";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Gateway", "PORT=many", "PORT is 'many'; it must be a port from 1 to 65535.")]
    [InlineData("Gateway", "PORT=65536", "PORT is '65536'; it must be a port from 1 to 65535.")]
    [InlineData("Gateway", "ASPNETCORE_URLS=localhost", "ASPNETCORE_URLS must be addresses to listen at")]
    [InlineData("Gateway", "ASPNETCORE_URLS=ftp://localhost:21", "ASPNETCORE_URLS must be addresses to listen at")]
    [InlineData("Gateway", "ASPNETCORE_URLS=http://localhost:99999", "ASPNETCORE_URLS must be addresses to listen at")]
    [InlineData("Gateway", "METRICS_URL=nowhere", "METRICS_URL must be an address to listen at")]
    [InlineData("Gateway", "GEMINI_CONTEXT_TOKENS=lots", "GEMINI_CONTEXT_TOKENS must be")]
    [InlineData("Gateway", "CLUSTERING=redis;REDIS_URL=http://localhost", "REDIS_URL must look like redis://")]
    [InlineData("Gateway", "CLUSTERING=redis;REDIS_URL=localhost,speed=high", "REDIS_URL must look like redis://")]
    [InlineData("Gateway", "PORT={free};FILES_URL=file:///proc/files", "FILES_URL: files cannot be written to /proc/files")]
    [InlineData("Gateway", "PORT={free};DATABASE_URL=postgresql://user:hidden@127.0.0.1:9/db", "The database db on 127.0.0.1:9 cannot be used")]
    [InlineData("Silo", Silo + "PORT={free};REDIS_URL=redis://user:hidden@127.0.0.1:9", "REDIS_URL: Redis does not answer at 127.0.0.1:9.")]
    [InlineData("Gateway", "PORT={taken}", "Port {taken} is taken: another process listens there. PORT can set another port.")]
    [InlineData("Gateway", "ASPNETCORE_URLS=http://127.0.0.1:{taken}", "Port {taken} is taken: another process listens there. ASPNETCORE_URLS can")]
    [InlineData("Gateway", "PORT={free};METRICS_URL=http://localhost:{taken}", "Port {taken} is taken: another process listens there. METRICS_URL can")]
    [InlineData("Gateway", "PORT={free};HEALTH_URL=http://localhost:{taken}", "Port {taken} is taken: another process listens there. HEALTH_URL can")]
    [InlineData("Silo", Silo + "PORT={free};REDIS_URL=redis://127.0.0.1:9;SILO_PORT={taken}", "Port {taken} is taken: another process listens there. SILO_PORT can")]
    public async Task A_start_that_fails_writes_one_line_that_names_the_setting(string program, string settings, string expected)
    {
        using var other = new TcpListener(IPAddress.Loopback, Ports.FindFree());
        other.Start();
        string Fill(string text) => text
            .Replace("{taken}", $"{((IPEndPoint)other.LocalEndpoint).Port}", StringComparison.Ordinal)
            .Replace("{free}", $"{Ports.FindFree()}", StringComparison.Ordinal);

        var run = await WebProcess.RunToEnd(program, _folder.Path, ["ASPNETCORE_ENVIRONMENT=Development", .. Fill(settings).Split(';')]);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(Fill(expected), Assert.Single(run.Errors), StringComparison.Ordinal);
        AssertFitForOperators(run);
    }

    [Fact]
    public async Task A_setting_that_is_missing_is_all_that_the_program_writes()
    {
        var run = await WebProcess.RunToEnd("Gateway", _folder.Path, "ASPNETCORE_ENVIRONMENT=Production");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("SECRET_KEY is not set", Assert.Single(run.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_wrong_setting_has_a_line_of_its_own()
    {
        var run = await WebProcess.RunToEnd(
            "Gateway", _folder.Path, "ASPNETCORE_ENVIRONMENT=Production", "SECRET_KEY=short", "ALGORITHM=none", "OTP_DELIVERY=response");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal(["ALGORITHM", "OTP_DELIVERY", "SECRET_KEY"], run.Errors.Select(line => line.Split(' ', '=')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_folder_without_room_for_the_secret_is_reported_in_one_line()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "data"), "a file in the place of the folder");

        var run = await WebProcess.RunToEnd("Gateway", _folder.Path, "ASPNETCORE_ENVIRONMENT=Development", $"PORT={Ports.FindFree()}");

        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.Errors);
        AssertFitForOperators(run);
    }

    [Theory]
    [InlineData("GEMINI_MODEL=\"never closed\nGEMINI_API_KEY=hidden", "is not valid")]
    [InlineData("what is hidden here?", "is not valid at line 1")]
    public async Task A_file_of_settings_that_cannot_be_read_is_named_and_not_repeated(string text, string expected)
    {
        var file = Path.Combine(_folder.Path, ".env");
        await File.WriteAllTextAsync(file, text);

        var run = await WebProcess.RunToEnd("Gateway", _folder.Path);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"{file} {expected}", Assert.Single(run.Errors), StringComparison.Ordinal);
        AssertFitForOperators(run);
    }

    [Fact]
    public async Task Both_programs_say_that_Redis_refuses_their_password()
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "Needs Redis: apt-get install redis-server");
        await using var redis = await RedisServer.Start(_folder.Path, isPersistent: false);
        await redis.RequirePassword("right");
        foreach (var program in (string[])["Gateway", "Silo"])
        {
            var settings = $"{Silo}PORT={Ports.FindFree()};SILO_PORT={Ports.FindFree()};REDIS_URL=redis://:hidden@{redis.Address}";
            var run = await WebProcess.RunToEnd(program, _folder.Path, settings.Split(';'));

            Assert.Equal(1, run.ExitCode);
            Assert.Equal($"REDIS_URL: Redis at {redis.Address} refuses the user or the password.", Assert.Single(run.Errors));
            AssertFitForOperators(run);
        }
    }

    /// <summary>The log may have told before that the process waits.</summary>
    private static void AssertFitForOperators(ProgramRun run)
    {
        var all = run.Output + string.Join('\n', run.Errors);
        Assert.DoesNotContain("   at ", all, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", all, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", all, StringComparison.Ordinal);
    }
}
