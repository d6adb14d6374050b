namespace GeminiChat.Silo.Tests.Migrator;

/// <summary>The words of the command line.</summary>
public sealed class MigrateArgumentsTests
{
    private const string File = "sqlite:///a.db";
    private const string Server = "postgresql://u:secret@h/db";

    [Fact]
    public async Task Help_says_how()
    {
        var (code, output, _) = await CopyPair.Run("--help");

        Assert.Equal(0, code);
        Assert.Contains("--from-fastapi", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--from", File)]
    [InlineData("--to", Server)]
    [InlineData("--from", File, "--from-fastapi", Server, "--to", Server)]
    [InlineData("--from", File, "--to")]
    [InlineData("--from", File, "--to", Server, "--to", Server)]
    [InlineData("--from", "mysql://secret", "--to", Server)]
    [InlineData("--from-fastapi", Server, "--to", File, "--region", "Germany")]
    [InlineData("--form", File, "--to", Server)]
    public async Task Words_that_are_not_understood_are_told_and_no_password_with_them(params string[] words)
    {
        var (code, output, errors) = await CopyPair.Run(words);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.DoesNotContain("secret", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--from", Server, "--to", Server)]
    [InlineData("--from", File, "--to", File)]
    [InlineData("--from-fastapi", File, "--to", Server)]
    [InlineData("--from-fastapi", Server, "--to", Server)]
    public async Task A_way_that_there_is_not_is_refused(params string[] words)
    {
        var (code, _, errors) = await CopyPair.Run(words);

        Assert.Equal(1, code);
        Assert.DoesNotContain("secret", errors, StringComparison.Ordinal);
    }
}
