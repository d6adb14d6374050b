using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A gateway of a cluster that is not there yet.</summary>
public sealed class ClusterStartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_a_cluster_a_gateway_is_live_but_not_ready_and_answers_503_with_Retry_After()
    {
        await using var gateway = GatewayProcess.Launch(
            _folder.Path, ("CLUSTERING", "redis"), ("REDIS_URL", "redis://127.0.0.1:9"), ("SECRET_KEY", new string('k', 32)));
        await gateway.WaitUntilLive();

        using var ready = await gateway.Http.GetAsync("/health/ready");
        using var post = await gateway.Http.PostAsJsonAsync("/auth/send-otp", new { mobile_number = "+14155550100" });

        await AssertUnavailable(ready);
        await AssertUnavailable(post);
        gateway.Terminate();
        Assert.True(await gateway.WaitForExit() == 0, gateway.Output);
    }

    [Theory]
    [InlineData("SECRET_KEY", "short", "SECRET_KEY has 5 bytes; it must have at least 32.")]
    [InlineData("CLUSTER_TLS_CERT_FILE", "/nowhere/tls.crt", "CLUSTER_TLS_KEY_FILE")]
    public async Task A_silo_with_a_wrong_setting_exits_with_one_line_that_names_it(string name, string value, string line)
    {
        await using var silo = SiloProcess.Launch(
            _folder.Path, ("CLUSTERING", "redis"), ("REDIS_URL", "redis://127.0.0.1:9"), ("SECRET_KEY", new string('k', 32)), (name, value));

        Assert.NotEqual(0, await silo.WaitForExit());
        Assert.Contains(line, silo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Output, StringComparison.Ordinal);
    }

    private static async Task AssertUnavailable(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("1", Assert.Single(response.Headers.GetValues("Retry-After")));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.Contains("cluster", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
