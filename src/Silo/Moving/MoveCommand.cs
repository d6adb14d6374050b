using System.Data.Common;
using GeminiChat.Silo.Moving.OldService;
using GeminiChat.Silo.Moving.Whole;
using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Moving;

/// <summary>The subcommand that moves data from one database to another. It starts no host.</summary>
internal static class MoveCommand
{
    private const int Done = 0;
    private const int Refused = 1;
    private const int NotUnderstood = 2;

    /// <summary>Runs it.</summary>
    /// <param name="words">The words of the command line after its name.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> Run(IReadOnlyList<string> words) =>
        Run(words, new MoveSetting(Console.Out, new StoreTimings(), TimeProvider.System), Console.Error);

    /// <summary>Runs it.</summary>
    public static async Task<int> Run(IReadOnlyList<string> words, MoveSetting setting, TextWriter errors)
    {
        if (words is ["--help" or "-h" or "help"])
        {
            await setting.Output.WriteLineAsync(MoveArguments.Help);
            return Done;
        }

        if (!MoveArguments.TryParse(words, Directory.GetCurrentDirectory(), out var arguments, out var flaw))
        {
            await errors.WriteLineAsync($"migrate: {flaw} See migrate --help.");
            return NotUnderstood;
        }

        try
        {
            await (arguments.IsOldService ? OldServiceMove.Run(arguments, setting) : WholeMove.Run(arguments, setting));
            return Done;
        }
        catch (Exception refusal) when (
            refusal is MoveRefusedException or StoreStartException or DbException or IOException or TimeoutException
                or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"migrate: {refusal.Message.ReplaceLineEndings(" ")}");
            return Refused;
        }
    }
}

/// <summary>What a move runs with.</summary>
/// <param name="Output">Where it tells how far it is.</param>
/// <param name="Timings">How long it waits for locks.</param>
/// <param name="Time">The clock.</param>
internal sealed record MoveSetting(TextWriter Output, StoreTimings Timings, TimeProvider Time)
{
    public Task Say(string line) => Output.WriteLineAsync(line);
}
