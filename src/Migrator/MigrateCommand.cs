using System.Data.Common;
using GeminiChat.Migrator.DatabaseCopy;
using GeminiChat.Migrator.FastApiImport;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.Silo.Store;

namespace GeminiChat.Migrator;

/// <summary>The command that moves data from one database to another. It starts no host.</summary>
internal static class MigrateCommand
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int UsageError = 2;

    /// <summary>Runs the command.</summary>
    /// <param name="words">The arguments after the command's name.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> Run(IReadOnlyList<string> words) =>
        Run(words, new MigrationContext(Console.Out, new StoreTimeouts(), TimeProvider.System), Console.Error);

    /// <inheritdoc cref="Run(IReadOnlyList{string})"/>
    public static async Task<int> Run(IReadOnlyList<string> words, MigrationContext context, TextWriter errors)
    {
        if (words is ["--help" or "-h" or "help"])
        {
            await context.Output.WriteLineAsync(MigrateArguments.Help);
            return Success;
        }

        if (!MigrateArguments.TryParse(words, Directory.GetCurrentDirectory(), out var arguments, out var error))
        {
            await errors.WriteLineAsync($"migrate: {error} See migrate --help.");
            return UsageError;
        }

        try
        {
            await (arguments.IsFastApi ? FastApiImporter.Run(arguments, context) : DatabaseCopier.Run(arguments, context));
            return Success;
        }
        catch (Exception refusal) when (
            refusal is MigrationRefusedException or StartupException or DbException or IOException or TimeoutException
                or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"migrate: {refusal.Message.ReplaceLineEndings(" ")}");
            return Failure;
        }
    }
}
