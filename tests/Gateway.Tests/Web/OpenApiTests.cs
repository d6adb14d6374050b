using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeminiChat.Gateway.Tests.Web;

public sealed class OpenApiTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private const string Regenerate = "REGENERATE_OPENAPI";

    [Fact]
    public async Task The_document_is_the_one_checked_in()
    {
        var served = await gateway.Stranger().GetStringAsync("/openapi/v1.json");

        var file = Path.Combine(SolutionFolder(), "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable(Regenerate) is "1")
        {
            await File.WriteAllTextAsync(file, served.ReplaceLineEndings("\n").TrimEnd() + "\n");
        }

        var same = JsonNode.DeepEquals(JsonNode.Parse(served), JsonNode.Parse(await File.ReadAllTextAsync(file)));
        Assert.True(same, $"The API differs from docs/openapi.json. If it is meant to, run this test with {Regenerate}=1.");
    }

    [Fact]
    public async Task Every_operation_has_a_summary_and_those_behind_a_token_say_so()
    {
        var document = JsonDocument.Parse(await gateway.Stranger().GetStringAsync("/openapi/v1.json")).RootElement;

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var needsToken = path.Name.StartsWith("/chatroom", StringComparison.Ordinal)
                    || path.Name.EndsWith("/me", StringComparison.Ordinal)
                    || path.Name is "/user/usage" or "/auth/logout" or "/auth/change-password" or "/events"
                        or "/payments/subscribe/pro" or "/payments/portal" or "/payments/subscription/status";
                var canBeRefused = needsToken || path.Name is "/auth/login" or "/auth/refresh";
                Assert.NotEmpty(operation.Value.Text("summary"));
                Assert.Equal(needsToken, operation.Value.TryGetProperty("security", out _));
                Assert.Equal(canBeRefused, operation.Value.GetProperty("responses").TryGetProperty("401", out _));
            }
        }
    }

    private static string SolutionFolder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GeminiChat.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No solution above the tests.");
        }

        return folder;
    }
}
