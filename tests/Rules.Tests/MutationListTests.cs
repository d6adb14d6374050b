using System.Text.Json;

namespace GeminiChat.Rules.Tests;

public sealed class MutationListTests
{
    [Fact]
    public void Each_file_that_the_mutation_tests_name_exists()
    {
        using var config = JsonDocument.Parse(Repository.Read("tests/Mutation/stryker-config.json"));
        var patterns = config.RootElement.GetProperty("stryker-config").GetProperty("mutate").EnumerateArray().Select(name => name.GetString()!).ToList();
        Assert.NotEmpty(patterns);
        Assert.All(patterns, pattern =>
        {
            Assert.StartsWith("**/", pattern, StringComparison.Ordinal);
            var path = Path.Combine(Repository.Folder, "src", pattern["**/".Length..]);
            Assert.NotEmpty(Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path)));
        });
    }
}
