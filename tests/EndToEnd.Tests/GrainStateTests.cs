using System.Net;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>The state of grains cannot be read or written.</summary>
public sealed class GrainStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Grain_state_that_cannot_be_read_or_written_is_reported_as_503()
    {
        await using var gateway = await GatewayProcess.Start(_folder.Path);
        using var before = await NewCode(gateway, "+14155550101");
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await Run("alter table OrleansStorage rename to Away");
        using var write = await gateway.Http.PostAsJsonAsync(
            "/auth/verify-otp", new { mobile_number = "+14155550101", otp_code = "000000" });
        using var read = await NewCode(gateway, "+14155550102");
        await Run("alter table Away rename to OrleansStorage");
        using var after = await NewCode(gateway, "+14155550102");

        foreach (var answer in new[] { write, read })
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.True(answer.Headers.Contains("Retry-After"));
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }

        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Contains("could not be served: OrleansException", gateway.Output, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> NewCode(GatewayProcess gateway, string number) =>
        gateway.Http.PostAsJsonAsync("/auth/send-otp", new { mobile_number = number });

    private async Task Run(string sql)
    {
        var file = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "data"), "*grain*.db"));
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
