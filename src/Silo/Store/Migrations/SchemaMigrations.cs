using System.Reflection;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using GeminiChat.ServiceDefaults.Startup;

namespace GeminiChat.Silo.Store.Migrations;

/// <summary>
/// Runs the scripts that have not run in a database yet, each in a transaction. A script only adds, so that the previous version
/// keeps working during a rolling restart. A released script is never changed.
/// </summary>
internal static class SchemaMigrations
{
    /// <summary>Runs the missing scripts of a folder beside this file.</summary>
    public static void Run(Func<SupportedDatabases, UpgradeEngineBuilder> selectDatabase, string folder, ILogger logger)
    {
        var result = selectDatabase(DeployChanges.To)
            .WithScripts(Scripts(folder))
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogTo(new SchemaMigrationLog(logger))
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
        {
            throw new StartupException(
                $"The database's schema could not be brought up to date: {result.Error.Message}", result.Error);
        }
    }

    /// <summary>The names of a folder's scripts, as the database records them.</summary>
    public static IEnumerable<string> ScriptNames(string folder) => Scripts(folder).Select(script => script.Name);

    // The database records their names, so they are without the namespace, which may change.
    private static SqlScript[] Scripts(string folder)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"{typeof(SchemaMigrations).Namespace}.{folder}.";
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => new SqlScript(name[prefix.Length..], ReadScript(assembly, name))),
        ];
    }

    private static string ReadScript(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
