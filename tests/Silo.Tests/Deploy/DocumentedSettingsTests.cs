using System.Text.RegularExpressions;

namespace GeminiChat.Silo.Tests.Deploy;

/// <summary><c>.env.example</c> against the programs, and what deploys them against it.</summary>
public sealed partial class DocumentedSettingsTests
{
    private const int RegexTimeoutMs = 10_000;

    private static readonly HashSet<string> Example = Names(ExampleSetting(), Repository.Read(".env.example"));

    /// <summary>What other programs read: containers of PostgreSQL, and Orleans in a pod.</summary>
    private static readonly string[] SettingsOfOtherPrograms = ["POSTGRES_USER", "POSTGRES_DB", "POD_NAME", "POD_NAMESPACE", "REDISCLI_AUTH"];

    [Fact]
    public void The_env_example_lists_exactly_the_settings_of_the_programs()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Folder, "src"), "*.cs", SearchOption.AllDirectories);
        var read = sources.SelectMany(file => Names(SettingInSource(), File.ReadAllText(file))).ToHashSet(StringComparer.Ordinal);

        // Read only to be refused; and read by docker-compose.yml only.
        Assert.True(read.Remove("FORWARDEDHEADERS_ENABLED"));
        read.UnionWith(["POSTGRES_PASSWORD", "REDIS_PASSWORD"]);
        Assert.Equal(read.Order(StringComparer.Ordinal), Example.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("docker-compose.yml")]
    [InlineData("deploy/kubernetes/settings.yaml")]
    [InlineData("deploy/kubernetes/secret.example.yaml")]
    [InlineData("deploy/kubernetes/silo.yaml")]
    [InlineData("deploy/kubernetes/gateway.yaml")]
    public void Deployment_files_use_only_existing_settings(string file)
    {
        var used = Names(SettingInYaml(), Repository.Read(file));

        Assert.NotEmpty(used);
        Assert.Empty(used.Except(Example).Except(SettingsOfOtherPrograms));
    }

    [Fact]
    public void Compose_passes_every_setting_except_the_unused_ones()
    {
        string[] unused = ["HOSTING", "SILO_PORT", "SILO_GATEWAY_PORT", "SILO_ADDRESS"];
        Assert.Empty(Example.Except(Names(SettingInYaml(), Repository.Read("docker-compose.yml"))).Except(unused));
    }

    private static HashSet<string> Names(Regex names, string text) =>
        [.. names.Matches(text).Select(match => match.Groups["name"].Value)];

    [GeneratedRegex("^#?(?<name>[A-Z][A-Z0-9_]+)=", RegexOptions.Multiline | RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex ExampleSetting();

    // As options are bound, configurations indexed, and the constants of both written.
    [GeneratedRegex("""(KeyName\(|\[|settings, |Setting = )"(?<name>[A-Z][A-Z0-9_]+)[":]""", RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex SettingInSource();

    [GeneratedRegex(@"(^\s+|\$\{|name: )(?<name>[A-Z][A-Z0-9]+_?[A-Z_]+)\b", RegexOptions.Multiline | RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex SettingInYaml();
}
